package coterie.planner.routing;

import coterie.planner.model.TokenBatches;

/**
 * vLLM's own rule: token {@code i} uses replica {@code (i * 2654435769 mod 2^32) mod copies} of
 * each of its experts.
 *
 * <p>Read in vllm-project/vllm @ 0231dd54, {@code fused_moe/router/base_router.py}. Replicas are
 * numbered by ascending slot. The token index runs over the tokens that the rank has: the whole
 * batch under tensor-parallel attention, its own under data-parallel attention. Padding tokens are
 * taken to come last.
 */
final class VllmChoice implements ReplicaChoice {

  private static final long KNUTH = 2_654_435_769L;
  private static final long MOD_32 = 0xFFFF_FFFFL;

  private final int callers;

  VllmChoice(int batch) {
    callers = batch;
  }

  @Override
  public int callers() {
    return callers;
  }

  @Override
  public void name(TokenBatches batches, int step, int[] callerOfCall) {
    var sets = batches.sets();
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        callerOfCall[call++] = batches.indexOnRank(token);
      }
    }
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int copies = replicas.copies(expert);
    for (int caller = 0; caller < callers; caller++) {
      long hash = caller * KNUTH & MOD_32;
      gpuOfCaller[caller] = replicas.gpu(expert, (int) (hash % copies));
    }
  }
}
