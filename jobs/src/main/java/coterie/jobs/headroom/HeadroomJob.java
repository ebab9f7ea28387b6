package coterie.jobs.headroom;

import coterie.ingest.error.UserError;
import coterie.jobs.lake.LayerSets;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.bound.BoundBudget;
import coterie.planner.bound.LayerCertificate;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.routing.SemiMatching;
import coterie.planner.search.SearchBudget;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/** Prices the placement in use, a plan and a certificate on the same steps, a layer a task. */
public final class HeadroomJob {

  private final SparkSession spark;

  public HeadroomJob(SparkSession spark) {
    this.spark = spark;
  }

  /** All layers at all batch sizes. */
  public List<LayerHeadroom> run(HeadroomRequest request) {
    int experts = request.data().model().experts();
    PlannerKind.obstacle(request.cluster(), experts)
        .ifPresent(
            obstacle -> {
              throw UserError.usage(obstacle.reason(), obstacle.advice());
            });
    var task = new LayerTask(request);
    spark.sparkContext().setJobDescription("headroom of " + request.data().model().name());
    return LayerSets.partition(spark, request.data(), List.of())
        .mapPartitions(
            rows -> {
              Iterable<LayerSets.Layer> layers = () -> LayerSets.read(experts, rows);
              return StreamSupport.stream(layers.spliterator(), false)
                  .flatMap(layer -> task.look(layer).stream())
                  .iterator();
            })
        .collect();
  }

  /** What crosses to a task. */
  private static final class LayerTask implements Serializable {

    private static final long serialVersionUID = 1;

    /** Keeps the steps that are priced apart from those that the plan is searched on. */
    private static final long PRICING = 300;

    private static final long RESAMPLING = 301;

    private final Cluster cluster;
    private final Map<Integer, Placement> current;
    private final List<Integer> batches;
    private final int steps;
    private final long proposals;
    private final int iterations;
    private final long seed;

    LayerTask(HeadroomRequest request) {
      cluster = request.cluster();
      current = request.current().map(p -> new TreeMap<>(p.layers())).orElseGet(TreeMap::new);
      batches = request.batches();
      steps = request.steps();
      proposals = request.proposals();
      iterations = request.iterations();
      seed = request.seed();
    }

    List<LayerHeadroom> look(LayerSets.Layer layer) {
      var problem =
          LayerProblem.of(
              cluster,
              layer.id(),
              layer.tokens(),
              batches,
              Math.max(steps, MIN_PLANNING_STEPS),
              SearchBudget.ofProposals(proposals),
              seed);
      var planned = place(PlannerKind.LOCAL_SEARCH, problem);
      var today = current.get(layer.id());
      if (today == null) {
        today = place(PlannerKind.CONTIGUOUS, problem);
      }
      var found = new ArrayList<LayerHeadroom>();
      for (int batch : batches) {
        found.add(look(layer, batch, today, planned));
      }
      return found;
    }

    private static final int MIN_PLANNING_STEPS = 4_000;

    /** Tokens a step up to which all steps are drawn. */
    private static final int FULL_STEPS_UP_TO = 4;

    private static Placement place(PlannerKind planner, LayerProblem problem) {
      var outcome = planner.plan(problem);
      if (outcome instanceof PlanningOutcome.Infeasible infeasible) {
        throw UserError.usage(infeasible.reason(), infeasible.advice());
      }
      return ((PlanningOutcome.Planned) outcome).placement();
    }

    private LayerHeadroom look(
        LayerSets.Layer layer, int batch, Placement today, Placement planned) {
      var drawn =
          TokenBatches.draw(
              layer.tokens(),
              batch,
              steps(batch),
              SeededRandom.of(seed, layer.id(), PRICING, batch));
      var unions = StepUnions.of(drawn);
      var weight = new double[drawn.size()];
      double sharded = 0;
      for (int step = 0; step < weight.length; step++) {
        weight[step] = drawn.weight(step);
        sharded += unions.weight(step) * unions.distinct(step) / cluster.gpus();
      }
      var costToday = costs(unions, today);
      var costPlanned = costs(unions, planned);
      var difference = new double[weight.length];
      for (int step = 0; step < weight.length; step++) {
        difference[step] = costToday[step] - costPlanned[step];
      }
      var certificate =
          LayerCertificate.largest(unions, cluster, BoundBudget.ofIterations(iterations));
      return new LayerHeadroom(
          batch,
          mean(unions, costToday),
          mean(unions, costPlanned),
          certificate.experts(),
          certificate.trivialExperts(),
          sharded,
          Resampling.means(
              difference, weight, SeededRandom.of(seed, layer.id(), RESAMPLING, batch)));
    }

    /** A step of many tokens takes as much longer to certify as it has more distinct experts. */
    private int steps(int batch) {
      return Math.max(1, steps * FULL_STEPS_UP_TO / Math.max(FULL_STEPS_UP_TO, batch));
    }

    private static double mean(StepUnions unions, double[] cost) {
      double mean = 0;
      for (int step = 0; step < cost.length; step++) {
        mean += unions.weight(step) * cost[step];
      }
      return mean;
    }

    private static double[] costs(StepUnions unions, Placement placement) {
      var replicas = ReplicaTable.of(placement);
      var matching = new SemiMatching(placement.cluster().gpus(), unions.experts());
      var costs = new double[unions.size()];
      for (int step = 0; step < costs.length; step++) {
        int size = unions.distinct(step);
        var active = matching.active(size);
        for (int i = 0; i < size; i++) {
          active[i] = unions.member(unions.from(step) + i);
        }
        costs[step] = matching.solve(size, replicas);
      }
      return costs;
    }
  }
}
