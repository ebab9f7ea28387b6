package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What improving the placement in use brings, by the number of slots that may change.
 *
 * <p>Each search begins with the placement of the one before, which its limit allows, so the cost
 * on the planning steps never rises along the front and never exceeds that of the placement in use.
 */
public final class MigrationFront {

  private static final long STEPS = 6;

  private MigrationFront() {}

  /**
   * A point of the front.
   *
   * @param mostMoved slots that were allowed to change
   * @param moved slots that did
   * @param cost of the goal on steps of the planning data, in experts
   */
  public record Point(int mostMoved, int moved, double cost, Placement placement) {}

  /**
   * Searches once for each limit.
   *
   * @param problem with a current placement of its own cluster
   * @param limits slots that may change, in any order
   */
  public static List<Point> of(LayerProblem problem, int[] limits) {
    var current = problem.current().orElseThrow();
    var ascending = Arrays.stream(limits).sorted().toArray();
    var steps = DrawnSteps.of(problem, problem.stepsPerBatch(), STEPS);
    var points = new ArrayList<Point>();
    var best = current;
    double cost = steps.cost(current).value();
    for (int limit : ascending) {
      var bounded = problem.withGoal(problem.goal().withMostMovedSlots(limit));
      var found = LocalSearch.search(bounded, best);
      double costOfFound = steps.cost(found).value();
      if (costOfFound <= cost) {
        best = found;
        cost = costOfFound;
      }
      int moved = PlacementDiff.of(current, best).moved();
      points.add(new Point(limit, moved, cost, best));
    }
    return List.copyOf(points);
  }
}
