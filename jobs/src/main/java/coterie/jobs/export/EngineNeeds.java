package coterie.jobs.export;

import coterie.planner.routing.RouterRule;

/**
 * What an engine must be started with, or be changed in, so that it serves a plan by the rule that
 * the plan was made for.
 */
public final class EngineNeeds {

  private EngineNeeds() {}

  /**
   * For people, one line.
   *
   * @param rule the plan's router
   * @param spareSlots slots beyond one for each expert
   */
  public static String of(RouterRule rule, int spareSlots) {
    if (spareSlots == 0) {
      return "no spares: any rule does the same; start the engine without redundant experts";
    }
    return switch (rule) {
      case SGLANG ->
          "SGLang: --ep-num-redundant-experts %d --ep-dispatch-algorithm static"
              .formatted(spareSlots);
      case SGLANG_DYNAMIC ->
          "SGLang: --ep-num-redundant-experts %d --ep-dispatch-algorithm dynamic"
              .formatted(spareSlots);
      case VLLM ->
          "vLLM: num_redundant_experts %d in --eplb-config, attention tensor-parallel"
              .formatted(spareSlots);
      case VLLM_DP ->
          "vLLM: num_redundant_experts %d in --eplb-config, attention data-parallel"
              .formatted(spareSlots);
      case TENSORRT_LLM ->
          "TensorRT-LLM: attention data-parallel, layer_updates_per_iter 0 in the load balancer";
      case VLLM_ASCEND -> "vLLM-Ascend: expert_map_path, tensor parallelism 1 in each rank";
      case RANK_MAP ->
          "a change in the engine: every rank sends an expert's tokens to its first replica";
      case EXACT, RANK_INVARIANT, LEAST_LOADED ->
          "a change in the engine: one replica an expert and step, chosen from the whole batch;"
              + " free of messages where attention is tensor-parallel";
      case EVEN, EXACT_TOKENS, MIXED ->
          "a change in the engine: tokens split over replicas from the whole batch"
              + " (SGLang: --ep-dispatch-algorithm lp comes near to it)";
    };
  }
}
