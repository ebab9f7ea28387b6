package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.search.Annealing;
import java.util.List;

/**
 * Draws steps at the batch sizes that will be served and searches for the placement, replicas
 * included, with the fewest distinct experts on the busiest GPU. Starts from EPLB, so it never
 * costs more than EPLB on the steps drawn.
 */
final class LocalSearch {

  private static final long STEPS = 2;
  private static final long MOVES = 3;

  private LocalSearch() {}

  static int[] slots(LayerProblem problem) {
    var cluster = problem.cluster();
    List<StepUnions> batchSizes =
        problem.batches().stream().map(batch -> draw(problem, batch)).toList();
    var start =
        Placement.of(
            cluster,
            problem.experts(),
            Eplb.soundPlacement(cluster, problem.tokens().expertLoad()));
    return Annealing.improve(start, batchSizes, problem.budget(), problem.random(MOVES, 0))
        .toArray();
  }

  private static StepUnions draw(LayerProblem problem, int batch) {
    var random = problem.random(STEPS, batch);
    return StepUnions.of(
        TokenBatches.draw(problem.tokens(), batch, problem.stepsPerBatch(), random));
  }
}
