package coterie.jobs.nightly;

import coterie.jobs.lake.LayerSets;
import coterie.jobs.lake.RequestGroups;
import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.replay.LayerReplay;
import coterie.planner.routing.RouterRule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.spark.sql.SparkSession;

/**
 * What a plan saves against another on given requests, with an interval over requests.
 *
 * <p>Requests are divided into groups at random; both plans are priced on the same steps of each
 * group, and the interval is that of Student's t over the groups' savings (batch means; Law and
 * Kelton, Simulation Modeling and Analysis, ch. 9). Steps of one group alone are a little more
 * alike than those of all requests: the level of the costs is a group's, their ratio is compared.
 *
 * @param gain share of the cost in use that is saved; negative if the plan costs more
 * @param low lower end of the 95 % interval
 * @param high upper end
 * @param groups of requests that had tokens
 */
record HeldOutGain(double gain, double low, double high, int groups) {

  private static final int GROUPS = 16;
  private static final int LEAST_GROUPS = 4;

  /** In each group. */
  private static final int STEPS = 250;

  private static final double CONFIDENCE = 0.95;

  /**
   * Prices two plans on the requests of a selection.
   *
   * @param mix batch sizes and how much each counts
   */
  static HeldOutGain of(
      SparkSession spark,
      Selection data,
      Plan inUse,
      Plan candidate,
      List<BatchShare> mix,
      RouterRule router,
      long seed) {
    int experts = data.model().experts();
    var task = new PriceTask(inUse, candidate, mix, router, seed);
    spark.sparkContext().setJobDescription("compare with the plan in use");
    var priced =
        RequestGroups.partition(spark, data, GROUPS)
            .mapPartitions(
                rows -> {
                  Iterable<LayerSets.Layer> layers = () -> LayerSets.read(experts, rows);
                  return StreamSupport.stream(layers.spliterator(), false)
                      .flatMap(layer -> task.price(layer).stream())
                      .iterator();
                })
            .collect();
    return ofGroups(priced);
  }

  /** What both plans cost in one layer on one group's steps, over the mix. */
  record GroupCost(int layer, int group, double inUse, double candidate) implements Serializable {}

  /** Sums over layers in a fixed order, then compares group by group. */
  static HeldOutGain ofGroups(List<GroupCost> costs) {
    SortedMap<Integer, double[]> sums = new TreeMap<>();
    costs.stream()
        .sorted(java.util.Comparator.comparingInt(GroupCost::layer))
        .forEach(
            cost -> {
              var sum = sums.computeIfAbsent(cost.group(), group -> new double[2]);
              sum[0] += cost.inUse();
              sum[1] += cost.candidate();
            });
    var gains = sums.values().stream().mapToDouble(sum -> 1 - sum[1] / sum[0]).toArray();
    int n = gains.length;
    double mean = 0;
    for (double gain : gains) {
      mean += gain / n;
    }
    if (n < LEAST_GROUPS) {
      return new HeldOutGain(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, n);
    }
    double squares = 0;
    for (double gain : gains) {
      squares += (gain - mean) * (gain - mean);
    }
    double error = Math.sqrt(squares / (n - 1) / n);
    double t = new TDistribution(n - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    return new HeldOutGain(mean, mean - t * error, mean + t * error, n);
  }

  /** For people. */
  String text() {
    return groups < LEAST_GROUPS
        ? "%+.1f %%, no interval from %d groups of requests".formatted(100 * gain, groups)
        : "%+.1f %% (95 %%: %+.1f to %+.1f)".formatted(100 * gain, 100 * low, 100 * high);
  }

  /** What crosses to a task. */
  private static final class PriceTask implements Serializable {

    private static final long serialVersionUID = 1;

    /** Keeps these steps apart from all that plans were searched or judged on. */
    private static final long COMPARING = 300;

    /** Copies are counted here, not timed. */
    private static final MoeTime NO_TIME =
        new MoeTime(HardwareProfile.H100, new ExpertShape(1, 1, 1));

    private final Map<Integer, Placement> inUse;
    private final Map<Integer, Placement> candidate;
    private final List<BatchShare> mix;
    private final RouterRule router;
    private final long seed;

    PriceTask(Plan inUse, Plan candidate, List<BatchShare> mix, RouterRule router, long seed) {
      this.inUse = new TreeMap<>(inUse.layers());
      this.candidate = new TreeMap<>(candidate.layers());
      this.mix = mix;
      this.router = router;
      this.seed = seed;
    }

    List<GroupCost> price(LayerSets.Layer layer) {
      var costs = new ArrayList<GroupCost>();
      layer
          .byDataset()
          .forEach(
              (group, sets) -> {
                double old = 0;
                double next = 0;
                for (var batch : mix) {
                  var random = SeededRandom.of(seed, layer.id(), COMPARING, group, batch.tokens());
                  var steps = TokenBatches.draw(sets, batch.tokens(), STEPS, random);
                  old += batch.share() * price(inUse.get(layer.id()), steps);
                  next += batch.share() * price(candidate.get(layer.id()), steps);
                }
                costs.add(new GroupCost(layer.id(), group, old, next));
              });
      return costs;
    }

    private double price(Placement placement, TokenBatches steps) {
      return LayerReplay.price(placement, router, NO_TIME, steps).meanExperts();
    }
  }
}
