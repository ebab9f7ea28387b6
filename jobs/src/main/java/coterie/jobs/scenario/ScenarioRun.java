package coterie.jobs.scenario;

import coterie.jobs.scenario.Scenario.Rule;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.StepProfile;
import coterie.planner.replay.StepPricer;
import coterie.planner.replay.StepReplay;
import coterie.planner.replay.StepSummary;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Plans and judges one layer of a scenario: EPLB and the planner on every number of slots, under
 * every rule, at every batch size, and experts in tensor shards. All are priced on the same steps,
 * of other requests than those that were planned on.
 */
final class ScenarioRun {

  private static final long JUDGING = 300;

  private final Scenario scenario;
  private final ScenarioRequest request;
  private final LayerData data;
  private final StepProfile profile;
  private final List<ScenarioRow> rows = new ArrayList<>();

  private ScenarioRun(Scenario scenario, ScenarioRequest request, LayerData data) {
    this.scenario = scenario;
    this.request = request;
    this.data = data;
    profile = request.profileOf(scenario);
  }

  /** The rows of a layer; of every layer in the same order. */
  static List<ScenarioRow> of(Scenario scenario, ScenarioRequest request, LayerData data) {
    var run = new ScenarioRun(scenario, request, data);
    for (int batch : scenario.batches()) {
      run.judge(batch);
    }
    return run.rows;
  }

  private void judge(int batch) {
    var random = SeededRandom.of(request.seed(), data.layer(), JUDGING, batch);
    var steps = scenario.steps().draw(data, batch, request.judgedSteps(batch), random);
    for (var rule : scenario.rules()) {
      for (int slots : scenario.slots()) {
        var cluster = new Cluster(scenario.nodes(), scenario.gpus(), slots);
        judge(rule, PlannerKind.EPLB, cluster, steps);
      }
      for (int slots : scenario.slots()) {
        var cluster = new Cluster(scenario.nodes(), scenario.gpus(), slots);
        judge(rule, request.planner(), cluster, steps);
      }
      for (int shards = scenario.gpus(); shards > 1; shards /= 2) {
        judgeShards(rule, shards, steps);
      }
    }
  }

  private void judge(Rule rule, PlannerKind planner, Cluster cluster, TokenBatches steps) {
    var placement = plan(planner, cluster, rule.router(), steps.batch());
    var pricer =
        new StepPricer(
            profile,
            scenario.model().layer(),
            scenario.switches(rule.attention()),
            placement,
            rule.router());
    add(rule, planner.label(), cluster.slotsPerGpu(), pricer, steps);
  }

  /** Hosts of {@code shards} GPUs, whose experts are balanced by EPLB without spares. */
  private void judgeShards(Rule rule, int shards, TokenBatches steps) {
    int hosts = scenario.gpus() / shards;
    int experts = scenario.model().layer().experts();
    if (experts % hosts != 0) {
      return;
    }
    var cluster = new Cluster(hosts, experts / hosts);
    var placement = plan(PlannerKind.EPLB, cluster, RouterRule.EXACT, steps.batch());
    var pricer =
        new StepPricer(
            profile,
            scenario.model().layer(),
            scenario.switches(rule.attention()).withTensorShards(shards),
            placement,
            // One copy an expert leaves no rule a choice.
            RouterRule.EXACT);
    var label = hosts == 1 ? "TP" + shards : "TP%d x EP%d".formatted(shards, hosts);
    add(rule, label, 0, pricer, steps);
  }

  private Placement plan(PlannerKind planner, Cluster cluster, RouterRule router, int batch) {
    var problem =
        LayerProblem.of(
                cluster,
                data.layer(),
                data.planning(),
                List.of(batch),
                request.planningSteps(batch),
                SearchBudget.ofProposals(request.proposals()),
                request.seed())
            .withRouter(router);
    var outcome = planner.plan(problem);
    if (outcome instanceof PlanningOutcome.Planned planned) {
      return planned.placement();
    }
    var infeasible = (PlanningOutcome.Infeasible) outcome;
    throw new IllegalStateException(
        "scenario %d: %s".formatted(scenario.number(), infeasible.reason()));
  }

  private void add(Rule rule, String plan, int slots, StepPricer pricer, TokenBatches steps) {
    StepSummary summary = StepReplay.price(pricer, steps);
    var attention = rule.attention().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    rows.add(
        new ScenarioRow(steps.batch(), attention, rule.router().label(), plan, slots, summary));
  }
}
