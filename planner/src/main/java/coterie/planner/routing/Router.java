package coterie.planner.routing;

import coterie.planner.model.TokenBatches;

/** Picks the replica that serves each token of a step. Not safe for use by two threads at once. */
public sealed interface Router permits ExactRouter, VllmHashRouter {

  /**
   * Routes one step.
   *
   * @param replicas where the replicas lie, in the order of their slots
   * @param load cleared and filled with what each GPU gets
   */
  void route(TokenBatches batches, int step, ReplicaTable replicas, GpuLoad load);
}
