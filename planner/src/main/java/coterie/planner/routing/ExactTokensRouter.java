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

  ExactTokensRouter(Placement placement) {
    replicas = ReplicaTable.of(placement);
    tokenFlow = new TokenFlow(replicas.gpuCount(), replicas.experts());
    calls = new StepCalls(replicas.experts());
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
}
