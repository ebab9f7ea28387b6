package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import coterie.planner.routing.EvenSplit;
import coterie.planner.routing.RouterRule;
import java.util.Locale;
import java.util.Optional;

/**
 * The best placement of a tiny layer, by trying all: what searches and certificates are held
 * against.
 *
 * <p>Minimises the goal's cost on the steps drawn, within the goal's limits. More than {@link
 * #MOST_PLACEMENTS} are refused.
 */
final class Exhaustive {

  static final double MOST_PLACEMENTS = 2e5;

  private static final long STEPS = 31;

  private final LayerProblem problem;
  private final DrawnSteps steps;
  private int[] best;
  private long bestTotal;

  private Exhaustive(LayerProblem problem) {
    this.problem = problem;
    steps = DrawnSteps.of(problem, problem.stepsPerBatch(), STEPS);
  }

  /** Why this problem is not answered; empty if it is. */
  static Optional<PlanningOutcome.Infeasible> obstacle(LayerProblem problem) {
    double placements = AllPlacements.atMost(problem.cluster(), problem.experts());
    if (placements > MOST_PLACEMENTS) {
      return Optional.of(
          new PlanningOutcome.Infeasible(
              String.format(
                  Locale.ROOT,
                  "planner exhaustive tries at most %.0f placements; %d experts on %s have up to"
                      + " %.1e",
                  MOST_PLACEMENTS,
                  problem.experts(),
                  problem.cluster(),
                  placements),
              "planner local-search has no such limit"));
    }
    boolean limited =
        problem.goal().mostImbalance().isPresent() || problem.goal().mostMovedSlots().isPresent();
    return !limited || new Exhaustive(problem).search().isPresent()
        ? Optional.empty()
        : Optional.of(
            new PlanningOutcome.Infeasible(
                "layer %d: no placement keeps the limits of the goal".formatted(problem.layer()),
                "allow more imbalance or more moved slots"));
  }

  static int[] slots(LayerProblem problem) {
    return new Exhaustive(problem).search().orElseThrow();
  }

  private Optional<int[]> search() {
    AllPlacements.visit(problem.cluster(), problem.experts(), gpusAlike(), this::look);
    return Optional.ofNullable(best);
  }

  private boolean gpusAlike() {
    return problem.current().isEmpty()
        && problem.cluster().nodes() == 1
        && problem.router() == RouterRule.EXACT;
  }

  private void look(int[] slots) {
    var placement = Placement.of(problem.cluster(), problem.experts(), slots);
    if (!keepsLimits(placement)) {
      return;
    }
    long total = steps.cost(placement).total();
    if (best == null || total < bestTotal) {
      best = slots.clone();
      bestTotal = total;
    }
  }

  private boolean keepsLimits(Placement placement) {
    var imbalance = problem.goal().mostImbalance();
    var moved = problem.goal().mostMovedSlots();
    boolean balanced =
        imbalance.isEmpty()
            || problem.data().stream()
                .allMatch(
                    data ->
                        EvenSplit.imbalance(placement, data.tokens().expertLoad())
                            <= imbalance.getAsDouble());
    boolean near =
        moved.isEmpty()
            || problem.current().isEmpty()
            || PlacementDiff.of(problem.current().get(), placement).moved() <= moved.getAsInt();
    return balanced && near;
  }
}
