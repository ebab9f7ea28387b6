package coterie.planner.objective;

/** Which GPUs reach which in the residual graph of each step's routing. */
interface Reachers {

  /** Takes in the routing of a step, which is the one at hand. */
  void update(int step, StepRoutes routes);

  /** True if some GPU of {@code from} is {@code gpu} or reaches it. */
  boolean any(int step, long from, int gpu);
}
