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

  /**
   * Routes one step call by call.
   *
   * @param calls cleared and filled with the GPU of each call; together they are the load that
   *     {@link #route} gives
   */
  void assign(TokenBatches batches, int step, ReplicaTable replicas, CallGpus calls);
}
