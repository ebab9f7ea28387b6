package coterie.jobs.bench;

import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanJob;
import coterie.jobs.plan.PlanMaker;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlannedLayer;
import coterie.jobs.plan.SpareSlots;
import coterie.jobs.simulate.SimulateJob;
import coterie.jobs.simulate.SimulateRequest;
import coterie.jobs.simulate.Verdict;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.RuleSearch;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * EPLB and our plan under every rule, with spare slots and without, judged on other data.
 *
 * <p>Without spares all rules do the same, so that plan is made and judged once.
 */
public final class RoutersBench {

  private static final String BARE = "none";
  private static final String EPLB = "eplb";
  private static final String FILLED = "filled";

  private final SparkSession spark;
  private final Settings settings;

  /**
   * What is measured.
   *
   * @param cluster with all spare slots
   * @param rules in the order of the table
   * @param stepsPerBatch drawn to plan on; {@code judgedSteps} to judge on
   */
  public record Settings(
      Selection planned,
      Selection judged,
      Cluster cluster,
      List<Integer> batches,
      List<RouterRule> rules,
      int stepsPerBatch,
      long proposals,
      int judgedSteps,
      long seed) {

    public Settings {
      batches = List.copyOf(batches);
      rules = List.copyOf(rules);
    }
  }

  /**
   * Costs under one rule, mean over layers of expected distinct copies on the busiest GPU, one for
   * each batch size.
   *
   * @param bare our plan without spares
   * @param filled our plan for the rule with all slots filled
   * @param kept true if our planner keeps the spares, false if it leaves them out
   */
  public record Row(
      RouterRule rule, List<Double> eplb, List<Double> bare, List<Double> filled, boolean kept) {

    public Row {
      eplb = List.copyOf(eplb);
      bare = List.copyOf(bare);
      filled = List.copyOf(filled);
    }

    /** What our planner hands out. */
    public List<Double> ours() {
      return kept ? filled : bare;
    }

    /** True if at no batch size ours is above another. */
    public boolean nowhereAbove(List<Double> other) {
      for (int i = 0; i < other.size(); i++) {
        if (ours().get(i) > other.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  public RoutersBench(SparkSession spark, Settings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /** Plans and judges, a rule at a time. */
  public List<Row> run() {
    var job = new PlanJob(spark);
    var eplb = request(EPLB, PlannerKind.EPLB, RouterRule.EXACT);
    var eplbPlan = plan(eplb, job.run(eplb));
    var ours = request(BARE, PlannerKind.LOCAL_SEARCH, RouterRule.EXACT);
    var bareRequest =
        ours.withCluster(
            RuleSearch.withoutSpares(settings.cluster(), settings.planned().model().experts()));
    var bareLayers = job.run(bareRequest);
    var barePlan = plan(bareRequest, bareLayers);
    var exact = request(FILLED, PlannerKind.LOCAL_SEARCH, RouterRule.EXACT);
    var exactLayers = job.run(exact);
    var rows = new ArrayList<Row>();
    for (var rule : settings.rules()) {
      var filled = request(FILLED, PlannerKind.LOCAL_SEARCH, rule);
      var layers = rule.callByCall() ? job.run(filled) : exactLayers;
      boolean kept =
          !rule.callByCall()
              || SpareSlots.choose(filled, layers, bareRequest, bareLayers).note().isEmpty();
      rows.add(judge(rule, eplbPlan, barePlan, plan(filled, layers), kept));
    }
    return rows;
  }

  private PlanRequest request(String name, PlannerKind planner, RouterRule rule) {
    return new PlanRequest(
        name,
        settings.planned(),
        List.of(),
        settings.cluster(),
        settings.batches(),
        planner,
        rule,
        settings.stepsPerBatch(),
        settings.proposals(),
        settings.seed());
  }

  private static Plan plan(PlanRequest request, List<PlannedLayer> layers) {
    SortedMap<Integer, Placement> placements = new TreeMap<>();
    for (var layer : layers) {
      placements.put(layer.layer(), layer.placement());
    }
    return new Plan(PlanMaker.header(request), placements);
  }

  private Row judge(RouterRule rule, Plan eplb, Plan bare, Plan filled, boolean kept) {
    var request =
        new SimulateRequest(
            List.of(eplb, bare, filled),
            settings.judged(),
            settings.batches(),
            List.of(rule),
            HardwareProfile.H100,
            settings.judgedSteps(),
            settings.seed() + 1);
    var verdicts = Verdict.overLayers(new SimulateJob(spark).run(request));
    return new Row(
        rule, costs(verdicts, EPLB), costs(verdicts, BARE), costs(verdicts, FILLED), kept);
  }

  private List<Double> costs(List<Verdict> verdicts, String plan) {
    return settings.batches().stream()
        .map(
            batch ->
                verdicts.stream()
                    .filter(verdict -> verdict.plan().equals(plan) && verdict.batch() == batch)
                    .mapToDouble(Verdict::experts)
                    .findFirst()
                    .orElseThrow())
        .toList();
  }
}
