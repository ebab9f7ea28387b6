package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * The GPU of every call of a step, a call being a token and one of its experts, in the order of the
 * tokens and, within a token, of its experts; reused from step to step.
 */
public final class CallGpus {

  private int[] gpuOfCall = new int[1024];
  private int size;

  /** Forgets the last step. */
  void clear() {
    size = 0;
  }

  void add(int gpu) {
    if (size == gpuOfCall.length) {
      gpuOfCall = Arrays.copyOf(gpuOfCall, 2 * size);
    }
    gpuOfCall[size++] = gpu;
  }

  /** Every call of an expert at the same GPU. */
  void fill(TokenBatches batches, int step, int[] gpuOfExpert) {
    var sets = batches.sets();
    clear();
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        add(gpuOfExpert[sets.member(i)]);
      }
    }
  }

  /**
   * Calls of an expert at its replicas in turn, the first one until it has its share.
   *
   * @param left {@code [expert * gpus + replica]} calls that each replica is to serve; used up
   */
  void fill(TokenBatches batches, int step, ReplicaTable replicas, int[] left) {
    var sets = batches.sets();
    clear();
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int expert = sets.member(i);
        int base = expert * replicas.gpuCount();
        int replica = 0;
        while (left[base + replica] == 0) {
          replica++;
        }
        left[base + replica]--;
        add(replicas.gpu(expert, replica));
      }
    }
  }

  /** Calls of the step. */
  public int size() {
    return size;
  }

  /** The GPU that runs call {@code call}. */
  public int gpu(int call) {
    return gpuOfCall[call];
  }
}
