package coterie.planner.bound;

import coterie.planner.model.StepUnions;

/**
 * The trivial certificate: n distinct experts on G GPUs put at least {@code ceil(n / G)} on one.
 *
 * <p>Valid for every placement, any number of spare slots and every router, because an expert that
 * is active runs on some GPU. Tensor-sharded experts are outside of it.
 */
public final class CeilBound {

  private CeilBound() {}

  /** The expectation of {@code ceil(n / gpus)} over the steps, in experts. */
  public static double experts(StepUnions steps, int gpus) {
    double bound = 0;
    for (int step = 0; step < steps.size(); step++) {
      int fewest = (steps.distinct(step) + gpus - 1) / gpus;
      bound += steps.weight(step) * fewest;
    }
    return bound;
  }
}
