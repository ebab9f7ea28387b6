package coterie.jobs.scenario;

import coterie.planner.model.Attention;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.StepSwitches;
import coterie.planner.routing.RouterRule;
import java.util.List;

/**
 * A standard scenario.
 *
 * @param number as in tables and on the command line
 * @param nodes that the GPUs are on
 * @param gpus expert-parallel ranks
 * @param slots of each GPU; the first entry leaves no spares
 * @param batches tokens of a step
 * @param twoBatchOverlap halves of a step take turns
 * @param note what to expect; empty if there is nothing to say
 */
record Scenario(
    int number,
    String title,
    ServedModel model,
    int nodes,
    int gpus,
    List<Integer> slots,
    List<Integer> batches,
    StepKind steps,
    boolean twoBatchOverlap,
    List<Rule> rules,
    String note) {

  /** A router and the attention that it is judged with. */
  record Rule(RouterRule router, Attention attention) {

    private static Rule tensorParallel(RouterRule router) {
      return new Rule(router, Attention.TENSOR_PARALLEL);
    }

    private static Rule dataParallel(RouterRule router) {
      return new Rule(router, Attention.DATA_PARALLEL);
    }
  }

  private static final List<Rule> WHOLE_BATCH =
      List.of(Rule.tensorParallel(RouterRule.RANK_INVARIANT));

  /** What ships, a fixed map, and the optimum as what-if. */
  private static final List<Rule> DATA_PARALLEL =
      List.of(
          Rule.dataParallel(RouterRule.SGLANG),
          Rule.dataParallel(RouterRule.VLLM_DP),
          Rule.dataParallel(RouterRule.RANK_MAP),
          Rule.dataParallel(RouterRule.EXACT));

  private static final List<Rule> EVERY_ENGINE =
      List.of(
          Rule.tensorParallel(RouterRule.EXACT),
          Rule.tensorParallel(RouterRule.RANK_INVARIANT),
          Rule.tensorParallel(RouterRule.VLLM),
          Rule.dataParallel(RouterRule.VLLM_DP),
          Rule.dataParallel(RouterRule.SGLANG),
          Rule.dataParallel(RouterRule.TENSORRT_LLM),
          Rule.dataParallel(RouterRule.VLLM_ASCEND));

  /** The standard scenarios; every evaluation runs on these. */
  static final List<Scenario> ALL =
      List.of(
          new Scenario(
              1,
              "gpt-oss-20b, EP4, decode, tensor-parallel attention",
              ServedModel.GPT_OSS_20B,
              1,
              4,
              List.of(8, 9),
              List.of(4, 8, 16),
              StepKind.DECODE,
              false,
              WHOLE_BATCH,
              ""),
          new Scenario(
              2,
              "gpt-oss-20b, EP8, decode",
              ServedModel.GPT_OSS_20B,
              1,
              8,
              List.of(4, 5, 6),
              List.of(1, 4, 16),
              StepKind.DECODE,
              false,
              EVERY_ENGINE,
              ""),
          new Scenario(
              3,
              "gpt-oss-20b, EP4, speculative decode, 4 requests x 3 tokens",
              ServedModel.GPT_OSS_20B,
              1,
              4,
              List.of(8, 9),
              List.of(4 * StepKind.RUN),
              StepKind.SPECULATIVE,
              false,
              WHOLE_BATCH,
              ""),
          new Scenario(
              4,
              "generated 256 x top-8, EP8, decode, data-parallel attention",
              ServedModel.GENERATED_256,
              1,
              8,
              List.of(32, 36),
              List.of(16, 32, 64),
              StepKind.DECODE,
              false,
              DATA_PARALLEL,
              ""),
          new Scenario(
              5,
              "generated 256 x top-8, EP32 on 4 nodes, decode, data-parallel attention",
              ServedModel.GENERATED_256,
              4,
              32,
              List.of(8, 9),
              List.of(64),
              StepKind.DECODE,
              false,
              DATA_PARALLEL,
              ""),
          new Scenario(
              6,
              "generated 256 x top-8, EP32 on 4 nodes, 4,096 tokens, two-batch overlap",
              ServedModel.GENERATED_256,
              4,
              32,
              List.of(8, 9),
              List.of(4096),
              StepKind.DECODE,
              true,
              List.of(Rule.dataParallel(RouterRule.SGLANG)),
              "no gain from unions is expected: every expert is active in every step"),
          new Scenario(
              7,
              "generated 256 x top-8, EP8, prefill in chunks of 8,192",
              ServedModel.GENERATED_256,
              1,
              8,
              List.of(32, 36),
              List.of(8192),
              StepKind.PREFILL,
              false,
              List.of(
                  Rule.dataParallel(RouterRule.SGLANG), Rule.dataParallel(RouterRule.EXACT_TOKENS)),
              "attention is not measured for prefill and left out: shares are of the MoE part"),
          new Scenario(
              8,
              "gpt-oss-20b, EP8, 16 decode and 512 prefill tokens",
              ServedModel.GPT_OSS_20B,
              1,
              8,
              List.of(4, 5),
              List.of(16 + StepKind.CHUNK),
              StepKind.MIXED,
              false,
              List.of(Rule.tensorParallel(RouterRule.VLLM), Rule.dataParallel(RouterRule.SGLANG)),
              "no gain is expected: the chunk activates nearly every expert"));

  Scenario {
    slots = List.copyOf(slots);
    batches = List.copyOf(batches);
    rules = List.copyOf(rules);
  }

  StepProfile profile() {
    return steps == StepKind.PREFILL ? model.prefill() : model.decode();
  }

  /** How steps run, with experts whole. */
  StepSwitches switches(Attention attention) {
    var switches = StepSwitches.decode(attention, model.contextTokens());
    if (steps == StepKind.MIXED) {
      switches = switches.withPrefill(StepKind.CHUNK);
    }
    return twoBatchOverlap ? switches.withTwoBatchOverlap() : switches;
  }

  /** Bytes of a GPU that spare slots take from its cache, in all layers of the model. */
  double spareBytes(int slotsPerGpu) {
    int spares = slotsPerGpu - slots.get(0);
    return spares * model.layer().expert().bytes() * model.moeLayers();
  }
}
