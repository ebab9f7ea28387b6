package coterie.planner.bound;

import java.util.function.BooleanSupplier;

/**
 * How long a certificate may be improved.
 *
 * <p>Every state of an ascent is a valid certificate, so it may end anywhere. One that {@code
 * iterations} ends is deterministic.
 *
 * @param iterations steps of the ascent, at least 1
 * @param stop asked at every step; true ends the ascent
 */
public record BoundBudget(int iterations, BooleanSupplier stop) {

  public BoundBudget {
    if (iterations < 1) {
      throw new IllegalArgumentException("iterations is " + iterations + ", must be at least 1");
    }
  }

  /** A budget without a clock: same problem, same certificate. */
  public static BoundBudget ofIterations(int iterations) {
    return new BoundBudget(iterations, () -> false);
  }
}
