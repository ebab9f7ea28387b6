package coterie.planner.routing;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;

/**
 * Splits tokens over replicas so that the busiest GPU serves as few as possible: the best that any
 * router can do where computing bounds the step, as in prefill. How many copies it runs is not
 * looked at.
 */
final class ExactTokensRouter implements Router {

  private final ReplicaTable replicas;
  private final TokenFlow tokenFlow;
  private final StepCalls calls;
  private final int[] left;

  ExactTokensRouter(Placement placement) {
    replicas = ReplicaTable.of(placement);
    tokenFlow = new TokenFlow(replicas.gpuCount(), replicas.experts());
    calls = new StepCalls(replicas.experts());
    left = new int[replicas.experts() * replicas.gpuCount()];
  }

  @Override
  public void route(TokenBatches batches, int step, GpuLoad load) {
    calls.count(batches, step);
    tokenFlow.solve(calls, replicas);
    load.clear();
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      for (int replica = 0; replica < replicas.copies(expert); replica++) {
        int tokens = tokenFlow.tokens(i, replica);
        if (tokens > 0) {
          load.addCopy(replicas.gpu(expert, replica));
          load.addPairs(replicas.gpu(expert, replica), tokens);
        }
      }
    }
  }

  @Override
  public void assign(TokenBatches batches, int step, CallGpus callGpus) {
    calls.count(batches, step);
    tokenFlow.solve(calls, replicas);
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      for (int replica = 0; replica < replicas.copies(expert); replica++) {
        left[expert * replicas.gpuCount() + replica] = tokenFlow.tokens(i, replica);
      }
    }
    callGpus.fill(batches, step, replicas, left);
  }
}
