package coterie.planner.routing;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;

/**
 * Sends all tokens of an expert to one replica, chosen so that the busiest GPU runs as few distinct
 * experts as possible: the best that any router can do for small batches.
 */
final class ExactRouter implements Router {

  private final ReplicaTable replicas;
  private final SemiMatching matching;
  private final StepCalls calls;
  private final int[] gpuOfExpert;

  ExactRouter(Placement placement) {
    replicas = ReplicaTable.of(placement);
    matching = new SemiMatching(replicas.gpuCount(), replicas.experts());
    calls = new StepCalls(replicas.experts());
    gpuOfExpert = new int[replicas.experts()];
  }

  @Override
  public void route(TokenBatches batches, int step, GpuLoad load) {
    calls.count(batches, step);
    matching.solve(calls, replicas);
    load.clear();
    for (int i = 0; i < calls.size(); i++) {
      load.addCopy(matching.gpuOf(i));
      load.addPairs(matching.gpuOf(i), calls.tokens(i));
    }
  }

  @Override
  public void assign(TokenBatches batches, int step, CallGpus callGpus) {
    calls.count(batches, step);
    matching.solve(calls, replicas);
    for (int i = 0; i < calls.size(); i++) {
      gpuOfExpert[calls.expert(i)] = matching.gpuOf(i);
    }
    callGpus.fill(batches, step, gpuOfExpert);
  }
}
