package coterie.planner.routing;

import coterie.planner.model.TokenBatches;

/**
 * Picks the replicas of one placement that serve the tokens of a step. Not safe for use by two
 * threads at once.
 */
public sealed interface Router
    permits ChoiceRouter, ExactRouter, ExactTokensRouter, GreedyRouter, MixedRouter {

  /**
   * Routes one step.
   *
   * @param load cleared and filled with what each GPU gets
   */
  void route(TokenBatches batches, int step, GpuLoad load);

  /**
   * Routes one step call by call.
   *
   * @param calls cleared and filled with the GPU of each call; together they are the load that
   *     {@link #route} gives
   */
  void assign(TokenBatches batches, int step, CallGpus calls);
}
