package coterie.jobs.simulate;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.lake.LayerSets;
import coterie.jobs.plan.Plan;
import coterie.planner.bound.CeilBound;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.replay.LayerReplay;
import coterie.planner.routing.EvenSplit;
import coterie.planner.routing.RouterRule;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/**
 * Judges plans, a layer a Spark task. All plans are priced on the same drawn steps, so that their
 * differences carry less sampling error than their costs.
 */
public final class SimulateJob {

  private final SparkSession spark;

  public SimulateJob(SparkSession spark) {
    this.spark = spark;
  }

  /** Verdicts of all layers, plans in the order given, then batch sizes, then routers. */
  public List<LayerVerdict> run(SimulateRequest request) {
    int experts = request.data().model().experts();
    var task = new JudgeTask(request);
    spark.sparkContext().setJobDescription("judge " + request.plans().size() + " plans");
    return LayerSets.partition(spark, request.data(), List.of())
        .mapPartitions(
            rows -> {
              Iterable<LayerSets.Layer> layers = () -> LayerSets.read(experts, rows);
              return StreamSupport.stream(layers.spliterator(), false)
                  .flatMap(layer -> task.judge(layer).stream())
                  .iterator();
            })
        .collect();
  }

  /** What crosses to a task. */
  private static final class JudgeTask implements Serializable {

    private static final long serialVersionUID = 1;

    /** Keeps judged steps apart from those that plans of the same seed were searched on. */
    private static final long JUDGING = 200;

    private record NamedPlan(String name, Map<Integer, Placement> layers) implements Serializable {

      static NamedPlan of(Plan plan) {
        return new NamedPlan(plan.header().name(), new TreeMap<>(plan.layers()));
      }
    }

    private final List<NamedPlan> plans;
    private final ModelGeometry model;
    private final List<Integer> batches;
    private final List<RouterRule> routers;
    private final HardwareProfile hardware;
    private final int stepsPerBatch;
    private final long seed;

    JudgeTask(SimulateRequest request) {
      plans = request.plans().stream().map(NamedPlan::of).toList();
      model = request.data().model();
      batches = request.batches();
      routers = request.routers();
      hardware = request.hardware();
      stepsPerBatch = request.stepsPerBatch();
      seed = request.seed();
    }

    List<LayerVerdict> judge(LayerSets.Layer layer) {
      var verdicts = new ArrayList<LayerVerdict>();
      for (int batch : batches) {
        var random = SeededRandom.of(seed, layer.id(), JUDGING, batch);
        var steps = TokenBatches.draw(layer.tokens(), batch, stepsPerBatch, random);
        for (var plan : plans) {
          judge(plan, layer, steps, verdicts);
        }
      }
      return verdicts;
    }

    private void judge(
        NamedPlan plan, LayerSets.Layer layer, TokenBatches steps, List<LayerVerdict> verdicts) {
      var placement = plan.layers().get(layer.id());
      double certificate = CeilBound.experts(StepUnions.of(steps), placement.cluster().gpus());
      double imbalance = EvenSplit.imbalance(placement, layer.tokens().expertLoad());
      boolean timed = model.size().isPresent();
      for (var router : routers) {
        var cost = LayerReplay.price(placement, router, time(), steps);
        verdicts.add(
            new LayerVerdict(
                plan.name(),
                layer.id(),
                steps.batch(),
                router.label(),
                cost.meanExperts(),
                cost.standardErrorExperts(),
                certificate,
                imbalance,
                timed ? cost.meanSeconds() : Double.NaN,
                cost.steps()));
      }
    }

    private MoeTime time() {
      var shape =
          model
              .size()
              .map(
                  size ->
                      new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight()))
              .orElse(new ExpertShape(1, 1, 1));
      return new MoeTime(hardware, shape);
    }
  }
}
