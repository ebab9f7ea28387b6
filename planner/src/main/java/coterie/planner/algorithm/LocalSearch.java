package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.search.Annealing;
import coterie.planner.search.Cooling;

/**
 * Draws steps at the batch sizes that will be served and searches for the placement, replicas
 * included, that is best at the goal: with the fewest distinct experts on the busiest GPU, within
 * the limits.
 *
 * <p>Starts from EPLB, or from the placement in use where the goal limits what may move, and
 * searches twice: most proposals are tried on a quarter of the steps, while the temperature is high
 * and hides the sampling error anyway; the rest on all steps. On gpt-oss-20b traces that costs half
 * the time of one search on all steps and ends as low. The second search begins with the better of
 * the first one's result and the start, so the answer never costs more than the start on the steps
 * drawn.
 */
final class LocalSearch {

  private static final long STEPS = 2;
  private static final long MOVES = 3;
  private static final long COARSE_STEPS = 4;
  private static final long COARSE_MOVES = 5;

  private static final int COARSE_DIVISOR = 4;
  private static final double COARSE_SHARE = 0.75;
  private static final Cooling COARSE = new Cooling(2e-3, 3e-4);
  private static final Cooling FINE = new Cooling(3e-4, 3e-5);

  private LocalSearch() {}

  static Placement search(LayerProblem problem) {
    boolean hasSpares = problem.cluster().slots() > problem.experts();
    if (hasSpares && problem.router().callByCall()) {
      return RuleSearch.search(problem);
    }
    return search(problem, start(problem));
  }

  /** Where a search begins that is not told where. */
  static Placement start(LayerProblem problem) {
    var cluster = problem.cluster();
    var current = problem.current().filter(placement -> placement.cluster().equals(cluster));
    if (problem.goal().mostMovedSlots().isPresent() && current.isPresent()) {
      return current.get();
    }
    var eplb = Eplb.soundPlacement(cluster, problem.tokens().expertLoad());
    return Placement.of(cluster, problem.experts(), eplb);
  }

  /** Searches from {@code start}; the answer is never worse on the steps of the fine search. */
  static Placement search(LayerProblem problem, Placement start) {
    int coarseSteps = Math.max(1, problem.stepsPerBatch() / COARSE_DIVISOR);
    var budget = problem.budget();
    var coarse =
        Annealing.improve(
            start,
            DrawnSteps.of(problem, coarseSteps, COARSE_STEPS).cost(start),
            GoalLimits.of(problem, start),
            COARSE,
            budget.share(COARSE_SHARE),
            problem.random(COARSE_MOVES, 0));
    var steps = DrawnSteps.of(problem, problem.stepsPerBatch(), STEPS);
    var begin = better(problem, steps, coarse, start) ? coarse : start;
    return Annealing.improve(
        begin,
        steps.cost(begin),
        GoalLimits.of(problem, begin),
        FINE,
        budget.share(1 - COARSE_SHARE),
        problem.random(MOVES, 0));
  }

  private static boolean better(
      LayerProblem problem, DrawnSteps steps, Placement one, Placement other) {
    long excess = GoalLimits.excess(problem, one) - GoalLimits.excess(problem, other);
    return excess < 0 || (excess == 0 && steps.cost(one).total() <= steps.cost(other).total());
  }
}
