package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * Every token uses the first replica of its expert: the rank map that is the same on all ranks.
 *
 * <p>Spares then serve nobody, and cannot do harm. They are of use all the same: they fill slots,
 * so that GPUs may differ in how many experts they serve.
 */
final class FirstChoice implements ReplicaChoice {

  @Override
  public int callers() {
    return 1;
  }

  @Override
  public void name(TokenBatches batches, int step, int[] callerOfCall) {
    Arrays.fill(callerOfCall, 0);
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    gpuOfCaller[0] = replicas.gpu(expert, 0);
  }
}
