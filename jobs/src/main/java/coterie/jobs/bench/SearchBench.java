package coterie.jobs.bench;

import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.MigrationFront;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.replay.LayerReplay;
import coterie.planner.routing.EvenSplit;
import coterie.planner.routing.OptimalSplit;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Plans made on one data set and judged on another, mean over layers, layers in parallel. */
public final class SearchBench {

  private static final int JUDGED_STEPS = 4_000;
  private static final long JUDGING = 200;
  private static final MoeTime TIME = new MoeTime(HardwareProfile.H100, new ExpertShape(1, 1, 1));

  /** One layer on the planning, the judged and, for migrations, the older data. */
  public record Layer(int id, TokenSets planned, TokenSets judged) {}

  /**
   * Means over layers.
   *
   * @param experts {@code [batch]} distinct experts on the busiest GPU of held-out steps
   * @param plannedImbalance tokens of the busiest GPU over the mean, even split, planning data
   * @param evenImbalance the same on held-out data
   * @param optimalImbalance the same by the best split, NaN for more GPUs than can be tried
   */
  public record Row(
      List<Double> experts,
      double plannedImbalance,
      double evenImbalance,
      double optimalImbalance) {}

  /** Gain of a migration, in experts on held-out steps, mean of the batch sizes. */
  public record Gain(String allowed, double moved, double cost) {}

  private final List<Layer> layers;
  private final List<Integer> batches;
  private final int stepsPerBatch;
  private final SearchBudget budget;
  private final long seed;

  public SearchBench(
      List<Layer> layers,
      List<Integer> batches,
      int stepsPerBatch,
      SearchBudget budget,
      long seed) {
    this.layers = List.copyOf(layers);
    this.batches = List.copyOf(batches);
    this.stepsPerBatch = stepsPerBatch;
    this.budget = budget;
    this.seed = seed;
  }

  /** One planner with one goal, planned on the planning data. */
  public Row row(PlannerKind planner, Cluster cluster, Goal goal) {
    return judge(layers.parallelStream().map(l -> plan(planner, cluster, goal, l)).toList());
  }

  /** The same, planned on the judged data: what hindsight would have done. */
  public Row hindsight(Cluster cluster, Goal goal) {
    return judge(
        layers.parallelStream()
            .map(l -> new Layer(l.id(), l.judged(), l.judged()))
            .map(l -> plan(PlannerKind.LOCAL_SEARCH, cluster, goal, l))
            .toList());
  }

  /** EPLB's placements of the planning data, to migrate from. */
  public List<Placement> eplb(Cluster cluster) {
    return layers.stream()
        .map(layer -> plan(PlannerKind.EPLB, cluster, Goal.ofBatches(batches), layer))
        .toList();
  }

  /** What moving some slots of {@code current} brings. */
  public List<Gain> migrations(List<Placement> current, int[] limits) {
    var cluster = current.get(0).cluster();
    var goal = Goal.ofBatches(batches);
    var fronts =
        layers.parallelStream()
            .map(
                layer ->
                    MigrationFront.of(
                        problem(cluster, goal, layer)
                            .withCurrent(Optional.of(current.get(layers.indexOf(layer)))),
                        limits))
            .toList();
    var gains = new ArrayList<Gain>();
    for (int i = 0; i < limits.length; i++) {
      int point = i;
      double moved =
          fronts.stream().mapToInt(f -> f.get(point).moved()).average().orElse(Double.NaN);
      var row = judge(fronts.stream().map(front -> front.get(point).placement()).toList());
      gains.add(new Gain(Integer.toString(limits[i]), moved, mean(row.experts())));
    }
    return gains;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  private LayerProblem problem(Cluster cluster, Goal goal, Layer layer) {
    return LayerProblem.of(
            cluster, layer.id(), layer.planned(), batches, stepsPerBatch, budget, seed)
        .withGoal(goal);
  }

  private Placement plan(PlannerKind planner, Cluster cluster, Goal goal, Layer layer) {
    var outcome = planner.plan(problem(cluster, goal, layer));
    if (outcome instanceof PlanningOutcome.Infeasible infeasible) {
      throw new IllegalArgumentException(infeasible.reason());
    }
    return ((PlanningOutcome.Planned) outcome).placement();
  }

  private Row judge(List<Placement> placements) {
    int n = layers.size();
    var sums = new double[n][batches.size() + 3];
    var indices = new int[n];
    Arrays.setAll(indices, i -> i);
    Arrays.stream(indices)
        .parallel()
        .forEach(i -> judge(layers.get(i), placements.get(i), sums[i]));
    var means = new double[batches.size() + 3];
    for (var layer : sums) {
      for (int i = 0; i < means.length; i++) {
        means[i] += layer[i] / n;
      }
    }
    int b = batches.size();
    return new Row(
        Arrays.stream(means, 0, b).boxed().toList(), means[b], means[b + 1], means[b + 2]);
  }

  private void judge(Layer layer, Placement placement, double[] into) {
    int b = batches.size();
    for (int i = 0; i < b; i++) {
      var random = SeededRandom.of(seed + 1, layer.id(), JUDGING, batches.get(i));
      var steps = TokenBatches.draw(layer.judged(), batches.get(i), JUDGED_STEPS, random);
      into[i] = LayerReplay.price(placement, RouterRule.EXACT, TIME, steps).meanExperts();
    }
    into[b] = EvenSplit.imbalance(placement, layer.planned().expertLoad());
    into[b + 1] = EvenSplit.imbalance(placement, layer.judged().expertLoad());
    into[b + 2] =
        placement.cluster().gpus() <= OptimalSplit.MAX_GPUS
            ? OptimalSplit.imbalance(placement, layer.judged().expertLoad())
            : Double.NaN;
  }
}
