package coterie.jobs.plan;

import coterie.ingest.error.UserError;
import coterie.jobs.lake.LayerSets;
import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.MultiStart;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.algorithm.WeightedTokens;
import coterie.planner.bound.CeilBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.UnionCost;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.replay.LayerReplay;
import coterie.planner.routing.EvenSplit;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;

/** Plans every layer in a Spark task of its own; what a task does is plain Java. */
public final class PlanJob {

  private final SparkSession spark;

  public PlanJob(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * The placement of each layer, in order.
   *
   * @throws UserError if the cluster has no room for the model
   */
  public List<PlannedLayer> run(PlanRequest request) {
    int experts = request.data().model().experts();
    PlannerKind.obstacle(request.cluster(), experts)
        .ifPresent(
            obstacle -> {
              throw UserError.usage(obstacle.reason(), obstacle.advice());
            });
    var task = new LayerTask(request);
    spark.sparkContext().setJobDescription("plan " + request.name());
    return LayerSets.partition(spark, request.data(), request.countsOnly())
        .mapPartitions(
            rows -> {
              Iterable<LayerSets.Layer> layers = () -> LayerSets.read(experts, rows);
              return StreamSupport.stream(layers.spliterator(), false).map(task::plan).iterator();
            })
        .collect()
        .stream()
        .sorted(Comparator.comparingInt(PlannedLayer::layer))
        .toList();
  }

  /** What crosses to a task: numbers and names, no session. */
  private static final class LayerTask implements Serializable {

    private static final long serialVersionUID = 1;

    /** Keeps the steps that a plan is priced on apart from those it was searched on. */
    private static final long PRICING = 100;

    /** Copies are counted here, not timed. */
    private static final MoeTime NO_COMPUTE =
        new MoeTime(HardwareProfile.H100, new ExpertShape(1, 1, 1));

    private final Cluster cluster;
    private final Goal goal;
    private final List<String> datasets;
    private final boolean alike;
    private final Map<Integer, Placement> current;
    private final PlannerKind planner;
    private final RouterRule router;
    private final int stepsPerBatch;
    private final long proposals;
    private final int starts;
    private final int groups;
    private final long seed;
    private final boolean setsKnown;

    LayerTask(PlanRequest request) {
      cluster = request.cluster();
      goal = request.goal();
      datasets = request.data().datasets();
      alike = request.alike();
      current = request.current().<Map<Integer, Placement>>map(Plan::layers).orElse(Map.of());
      planner = request.planner();
      router = request.router();
      stepsPerBatch = request.stepsPerBatch();
      proposals = request.proposals();
      starts = request.starts();
      groups = request.data().model().expertGroups();
      seed = request.seed();
      setsKnown = request.countsOnly().isEmpty();
    }

    PlannedLayer plan(LayerSets.Layer layer) {
      var problem =
          LayerProblem.of(
                  cluster,
                  layer.id(),
                  layer.tokens(),
                  goal.batches(),
                  stepsPerBatch,
                  SearchBudget.ofProposals(proposals),
                  seed)
              .withRouter(router)
              .withGoal(goal)
              .withGroups(groups)
              .withCurrent(Optional.ofNullable(current.get(layer.id())));
      return plan(layer, alike ? problem.withData(byDataset(layer)) : problem);
    }

    private List<WeightedTokens> byDataset(LayerSets.Layer layer) {
      return layer.byDataset().entrySet().stream()
          .map(entry -> new WeightedTokens(datasets.get(entry.getKey()), entry.getValue(), 1))
          .toList();
    }

    private PlannedLayer plan(LayerSets.Layer layer, LayerProblem problem) {
      var outcome = MultiStart.plan(planner, problem, starts);
      if (outcome instanceof PlanningOutcome.Infeasible infeasible) {
        throw UserError.usage(infeasible.reason(), infeasible.advice());
      }
      var placement = ((PlanningOutcome.Planned) outcome).placement();
      var costs =
          setsKnown
              ? goal.batches().stream().map(batch -> cost(layer, placement, batch)).toList()
              : List.<LayerCost>of();
      double imbalance = EvenSplit.imbalance(placement, layer.tokens().expertLoad());
      return new PlannedLayer(layer.id(), placement, List.copyOf(costs), imbalance);
    }

    private LayerCost cost(LayerSets.Layer layer, Placement placement, int batch) {
      TokenSets tokens = layer.tokens();
      var random = SeededRandom.of(seed, layer.id(), PRICING, batch);
      var steps = TokenBatches.draw(tokens, batch, stepsPerBatch, random);
      var unions = StepUnions.of(steps);
      double experts =
          router == RouterRule.EXACT
              ? UnionCost.of(List.of(unions), placement).experts()
              : LayerReplay.price(placement, router, NO_COMPUTE, steps).meanExperts();
      return new LayerCost(batch, experts, CeilBound.experts(unions, cluster.gpus()));
    }
  }
}
