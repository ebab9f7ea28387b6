package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.objective.ImbalanceCost;
import coterie.planner.objective.Limit;
import coterie.planner.objective.MovedSlots;
import coterie.planner.objective.SearchCost;
import coterie.planner.objective.WorstCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The limits of a goal, as a search keeps them and as an answer reports them. */
final class GoalLimits {

  private GoalLimits() {}

  /** All limits of the problem, with costs of {@code start}. */
  static List<Limit> of(LayerProblem problem, Placement start) {
    var limits = new ArrayList<Limit>();
    var goal = problem.goal();
    if (goal.mostMovedSlots().isPresent() && problem.current().isPresent()) {
      limits.add(
          new Limit(
              "moved slots",
              new MovedSlots(start, problem.current().get()),
              goal.mostMovedSlots().getAsInt()));
    }
    if (goal.mostImbalance().isPresent()) {
      limits.add(
          new Limit(
              "token imbalance", imbalance(problem, start), goal.mostImbalance().getAsDouble()));
    }
    return limits;
  }

  /** Token imbalance by even split on the data set where it is highest. */
  static SearchCost imbalance(LayerProblem problem, Placement start) {
    var costs =
        problem.data().stream()
            .map(set -> new ImbalanceCost(start, set.tokens().expertLoad()))
            .toList();
    return costs.size() == 1 ? costs.get(0) : new WorstCost(costs);
  }

  /** Units by which a placement exceeds the limits in all. */
  static long excess(LayerProblem problem, Placement placement) {
    return of(problem, placement).stream().mapToLong(Limit::excess).sum();
  }

  /** Which limit the best placement found misses, and by how much; empty if it keeps them. */
  static Optional<PlanningOutcome.Infeasible> missed(LayerProblem problem, Placement best) {
    return of(problem, best).stream()
        .filter(limit -> limit.excess() > 0)
        .findFirst()
        .map(
            limit ->
                new PlanningOutcome.Infeasible(
                    String.format(
                        Locale.ROOT,
                        "layer %d: %s limited to %.3f, the least that was found is %.3f, %.3f over",
                        problem.layer(),
                        limit.term(),
                        limit.most(),
                        limit.cost().value(),
                        limit.cost().value() - limit.most()),
                    "allow more, or give the search more proposals"));
  }
}
