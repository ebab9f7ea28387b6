package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.Annealing;
import coterie.planner.search.Cooling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Placement with spare slots under a rule that spreads an expert's tokens over its replicas.
 *
 * <p>Such a rule reads every copy that some token of the step falls on, so most copies do harm. We
 * begin where none do: with the placement without spares, found by {@link LocalSearch}, and copies
 * of the least called experts in the other slots. From there the search goes on under the rule
 * itself. The slots of GPUs that serve fewer experts than others are what is gained: a copy that is
 * hardly called leaves room for an uneven split of the rest.
 *
 * <p>The answer is the better of begin and end on steps that were not searched on. It can still
 * lose to the placement without spares, where even the coldest expert is called in most steps:
 * whether to fill spare slots at all is for the caller, who sees all layers ({@link
 * #withoutSpares}).
 */
public final class RuleSearch {

  private static final long STEPS = 6;
  private static final long MOVES = 7;
  private static final long CHECKED_STEPS = 8;

  /** Of the problem's steps and proposals; pricing under a rule takes the longer way. */
  private static final int STEPS_DIVISOR = 4;

  private static final double MOVES_SHARE = 0.25;
  private static final Cooling COOLING = new Cooling(5e-4, 3e-5);

  private RuleSearch() {}

  /**
   * The cluster with as few slots as hold the experts, the same number on every GPU; the cluster
   * itself if its GPUs differ.
   */
  public static Cluster withoutSpares(Cluster cluster, int experts) {
    if (!cluster.even()) {
      return cluster;
    }
    var slots = new int[cluster.gpus()];
    Arrays.fill(slots, (experts + slots.length - 1) / slots.length);
    return cluster.withSlots(slots);
  }

  static Placement search(LayerProblem problem) {
    var cluster = problem.cluster();
    var bare = withoutSpares(cluster, problem.experts());
    var start =
        Placement.of(
            cluster,
            problem.experts(),
            filled(
                problem,
                bare,
                LocalSearch.search(problem.withCluster(bare).withRouter(RouterRule.EXACT))
                    .toArray()));
    int stepsPerBatch = Math.max(1, problem.stepsPerBatch() / STEPS_DIVISOR);
    var found =
        Annealing.improve(
            start,
            DrawnSteps.of(problem, stepsPerBatch, STEPS).cost(start),
            GoalLimits.of(problem, start),
            COOLING,
            problem.budget().share(MOVES_SHARE),
            problem.random(MOVES, 0));
    var steps = DrawnSteps.of(problem, problem.stepsPerBatch(), CHECKED_STEPS);
    boolean better = steps.cost(found).total() < steps.cost(start).total();
    return better ? found : start;
  }

  /** Copies of the least called experts in the slots that {@code bare} does not have. */
  private static int[] filled(LayerProblem problem, Cluster bare, int[] bareSlots) {
    var load = problem.tokens().expertLoad();
    var coldest =
        IntStream.range(0, load.length)
            .boxed()
            .sorted(Comparator.comparingDouble(expert -> load[expert]))
            .mapToInt(Integer::intValue)
            .toArray();
    var cluster = problem.cluster();
    var slots = new int[cluster.slots()];
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      int first = cluster.firstSlot(gpu);
      int size = bare.slotsOf(gpu);
      System.arraycopy(bareSlots, bare.firstSlot(gpu), slots, first, size);
      for (int i = 0; size < cluster.slotsOf(gpu); i++) {
        int expert = coldest[i];
        if (Arrays.stream(slots, first, first + size).noneMatch(held -> held == expert)) {
          slots[first + size++] = expert;
        }
      }
    }
    return slots;
  }
}
