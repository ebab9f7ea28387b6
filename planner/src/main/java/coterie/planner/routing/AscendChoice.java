package coterie.planner.routing;

/**
 * vLLM-Ascend's rule: rank r sends all its tokens of an expert to replica {@code r mod copies}.
 *
 * <p>Read in vllm-project/vllm-ascend @ 182b75ea, {@code eplb/core/eplb_utils.py}. With tensor
 * parallelism inside of a rank the engine takes {@code (tp rank + dp rank + expert) mod copies}
 * instead, which is not modelled.
 */
final class AscendChoice extends RankChoice {

  AscendChoice(int ranks) {
    super(ranks);
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int copies = replicas.copies(expert);
    for (int rank = 0; rank < callers(); rank++) {
      gpuOfCaller[rank] = replicas.gpu(expert, rank % copies);
    }
  }
}
