package coterie.planner.algorithm;

import coterie.planner.model.Placement;

/**
 * Plans a layer from several seeds and keeps the best.
 *
 * <p>The first start is the problem's own, so that more starts never make a plan worse on the steps
 * it is chosen by, which none of the starts was searched on. A limit that a start misses takes it
 * out of the choice; only if all miss one is the first start's answer returned.
 *
 * <p>For one search alone a longer one is mostly the better use of the same time; starts are for
 * layers whose searches end in different valleys.
 */
public final class MultiStart {

  private static final long CHECKED_STEPS = 9;

  /** Between the seeds of two starts, so that they do not meet those of other plans. */
  private static final long SEED_STRIDE = 1_000_003;

  private MultiStart() {}

  /**
   * The best of several plans.
   *
   * @param starts at least 1
   */
  public static PlanningOutcome plan(Planner planner, LayerProblem problem, int starts) {
    if (starts < 1) {
      throw new IllegalArgumentException("starts is " + starts + ", must be at least 1");
    }
    var best = planner.plan(problem);
    if (starts == 1) {
      return best;
    }
    var steps = DrawnSteps.of(problem, problem.stepsPerBatch(), CHECKED_STEPS);
    for (int start = 1; start < starts; start++) {
      var other = planner.plan(problem.withSeed(problem.seed() + start * SEED_STRIDE));
      best = better(steps, best, other);
    }
    return best;
  }

  private static PlanningOutcome better(
      DrawnSteps steps, PlanningOutcome best, PlanningOutcome other) {
    if (!(other instanceof PlanningOutcome.Planned found)) {
      return best;
    }
    if (!(best instanceof PlanningOutcome.Planned known)) {
      return other;
    }
    return total(steps, found.placement()) < total(steps, known.placement()) ? other : best;
  }

  private static long total(DrawnSteps steps, Placement placement) {
    return steps.cost(placement).total();
  }
}
