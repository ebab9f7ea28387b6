package coterie.planner.routing;

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

  /** Calls of the step. */
  public int size() {
    return size;
  }

  /** The GPU that runs call {@code call}. */
  public int gpu(int call) {
    return gpuOfCall[call];
  }
}
