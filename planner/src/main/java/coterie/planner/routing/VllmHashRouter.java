package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * vLLM's own rule: token {@code i} of the batch uses replica {@code (i * 2654435769 mod 2^32) mod
 * copies} of each of its experts.
 *
 * <p>Read in vllm-project/vllm @ 0231dd54, {@code fused_moe/router/base_router.py}. Replicas are
 * numbered by ascending slot. The token index runs over the whole batch, as with tensor-parallel
 * attention; under data-parallel attention each rank starts again at 0.
 */
final class VllmHashRouter implements Router {

  private static final long KNUTH = 2_654_435_769L;
  private static final long MOD_32 = 0xFFFF_FFFFL;

  /** {@code [expert * gpus + gpu]} the last step, plus 1, in which the copy was run. */
  private final long[] lastRun;

  private long stepNumber;

  VllmHashRouter(int gpus, int experts) {
    lastRun = new long[gpus * experts];
    Arrays.fill(lastRun, -1);
  }

  @Override
  public void route(TokenBatches batches, int step, ReplicaTable replicas, GpuLoad load) {
    var sets = batches.sets();
    stepNumber++;
    load.clear();
    for (int token = 0; token < batches.batch(); token++) {
      long hash = token * KNUTH & MOD_32;
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int expert = sets.member(i);
        int gpu = replicas.gpu(expert, (int) (hash % replicas.copies(expert)));
        load.addPairs(gpu, 1);
        int copy = expert * load.gpus() + gpu;
        if (lastRun[copy] != stepNumber) {
          lastRun[copy] = stepNumber;
          load.addCopy(gpu);
        }
      }
    }
  }

  @Override
  public void assign(TokenBatches batches, int step, ReplicaTable replicas, CallGpus calls) {
    var sets = batches.sets();
    calls.clear();
    for (int token = 0; token < batches.batch(); token++) {
      long hash = token * KNUTH & MOD_32;
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int expert = sets.member(i);
        calls.add(replicas.gpu(expert, (int) (hash % replicas.copies(expert))));
      }
    }
  }
}
