package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.search.Annealing;
import coterie.planner.search.Cooling;

/**
 * Draws steps at the batch sizes that will be served and searches for the placement, replicas
 * included, with the fewest distinct experts on the busiest GPU.
 *
 * <p>Starts from EPLB and searches twice: most proposals are tried on a quarter of the steps, while
 * the temperature is high and hides the sampling error anyway; the rest on all steps. On
 * gpt-oss-20b traces that costs half the time of one search on all steps and ends as low. The
 * second search begins with the better of the first one's result and EPLB, so the answer never
 * costs more than EPLB on the steps drawn.
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

  static int[] slots(LayerProblem problem) {
    var cluster = problem.cluster();
    boolean hasSpares = cluster.slots() > problem.experts();
    if (hasSpares && problem.router().callByCall()) {
      return RuleSearch.slots(problem);
    }
    var eplb =
        Placement.of(
            cluster,
            problem.experts(),
            Eplb.soundPlacement(cluster, problem.tokens().expertLoad()));
    var budget = problem.budget();
    int coarseSteps = Math.max(1, problem.stepsPerBatch() / COARSE_DIVISOR);
    var coarse =
        Annealing.improve(
            eplb,
            DrawnSteps.of(problem, coarseSteps, COARSE_STEPS).cost(eplb),
            COARSE,
            budget.share(COARSE_SHARE),
            problem.random(COARSE_MOVES, 0));
    var steps = DrawnSteps.of(problem, problem.stepsPerBatch(), STEPS);
    var costOfCoarse = steps.cost(coarse);
    var costOfEplb = steps.cost(eplb);
    boolean better = costOfCoarse.total() <= costOfEplb.total();
    return Annealing.improve(
            better ? coarse : eplb,
            better ? costOfCoarse : costOfEplb,
            FINE,
            budget.share(1 - COARSE_SHARE),
            problem.random(MOVES, 0))
        .toArray();
  }
}
