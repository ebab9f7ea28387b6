package coterie.jobs.export;

import java.nio.file.Path;

/**
 * How each engine is told of a plan, and by which rule of its own it then picks replicas: read in
 * the sources that the codecs name.
 */
enum EngineRule {
  SGLANG(
      "SGLang",
      "--init-expert-location {file} --ep-size {ranks} --ep-num-redundant-experts {spares}"
          + " --ep-dispatch-algorithm static",
      "static: a source rank sends all its tokens of an expert to one replica"),
  SGLANG_DYNAMIC(
      "SGLang",
      "--init-expert-location {file} --ep-size {ranks} --ep-num-redundant-experts {spares}"
          + " --ep-dispatch-algorithm dynamic",
      "dynamic: every call draws one of an expert's replicas"),
  TENSORRT_LLM(
      "TensorRT-LLM",
      "moe_expert_parallel_size: {ranks}, enable_attention_dp: true,"
          + " moe_config: {load_balancer: {file}}",
      "the balancer needs attention data parallelism and more than one rank",
      "layer_updates_per_iter is 0, so that the engine keeps the placement",
      "tokens take the replicas of an expert in turn"),
  VLLM_ASCEND(
      "vLLM-Ascend",
      "--enable-expert-parallel"
          + " --additional-config '{\"eplb_config\": {\"expert_map_path\": \"{file}\"}}'",
      "exactly {ranks} ranks; Model Runner V1 only, and announced to go in v0.25.1",
      "a rank uses one fixed replica of each expert"),
  VLLM_MAPPING(
      "vLLM",
      "--enable-expert-parallel --enable-eplb"
          + " --eplb-config '{\"num_redundant_experts\": {spares}}'",
      "PROVISIONAL: vLLM does not load it yet; open pull request 41141 names the option for {file}",
      Notes.STEP_INTERVAL,
      Notes.HASH),
  VLLM_LIST(
      "vLLM",
      "--enable-expert-parallel --enable-eplb --eplb-config"
          + " '{\"num_redundant_experts\": {spares}, \"initial_expert_map_path\": \"{file}\"}'",
      "PROVISIONAL: vLLM does not load it yet; the option is that of open pull request 49572",
      Notes.STEP_INTERVAL,
      Notes.HASH),
  OMNI("omni-infer", "pattern_path: {file}", "exactly {ranks} devices"),
  /** Files that no engine loads by itself. */
  NONE("", "");

  private static final class Notes {
    static final String STEP_INTERVAL =
        "give a step_interval longer than the run: by default EPLB plans anew after 3000 steps";
    static final String HASH =
        "a hash of a token's index picks its replica, so that small batches read every replica";
  }

  private final String engine;
  private final String options;

  /** A line each. */
  private final String notes;

  EngineRule(String engine, String options, String... notes) {
    this.engine = engine;
    this.options = options;
    this.notes = String.join("\n", notes);
  }

  EngineStart start(Path file, int ranks, int spares) {
    return new EngineStart(
        engine,
        filled(options, file, ranks, spares),
        notes.lines().map(note -> filled(note, file, ranks, spares)).toList());
  }

  private static String filled(String text, Path file, int ranks, int spares) {
    return text.replace("{ranks}", "" + ranks)
        .replace("{spares}", "" + spares)
        .replace("{file}", file.toString());
  }
}
