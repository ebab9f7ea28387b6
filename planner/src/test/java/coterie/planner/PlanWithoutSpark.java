package coterie.planner;

import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome.Infeasible;
import coterie.planner.algorithm.PlanningOutcome.Planned;
import coterie.planner.bound.CeilBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.replay.LayerReplay;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.util.List;

/** Plans one layer of 8 experts for 4 GPUs, and prices the plan. */
public final class PlanWithoutSpark {

  public static void main(String[] args) {
    // What tokens called, and how many of them: experts 0 and 1 act together, and so do 2 and 3.
    var tokens =
        TokenSets.builder(8)
            .add(new int[] {0, 1}, 400)
            .add(new int[] {2, 3}, 300)
            .add(new int[] {4, 5}, 200)
            .add(new int[] {6, 7}, 100)
            .build();
    var cluster = new Cluster(4, 2);
    var budget = SearchBudget.ofProposals(5_000);
    var problem = LayerProblem.of(cluster, 0, tokens, List.of(1, 4), 1_000, budget, 1);
    for (var planner : List.of(PlannerKind.CONTIGUOUS, PlannerKind.LOCAL_SEARCH)) {
      var outcome = planner.plan(problem);
      if (outcome instanceof Infeasible no) {
        System.out.println(no.reason() + "; " + no.advice());
      } else if (outcome instanceof Planned plan) {
        var time = new MoeTime(HardwareProfile.H100, new ExpertShape(2880, 2880, 0.53));
        var steps = TokenBatches.draw(tokens, 4, 1_000, SeededRandom.of(2));
        var cost = LayerReplay.price(plan.placement(), RouterRule.EXACT, time, steps);
        double floor = CeilBound.experts(StepUnions.of(steps), cluster.gpus());
        System.out.printf(
            "%-13s %s  %.3f experts (no plan below %.3f), %.1f us%n",
            planner.label(), plan.placement(), cost.meanExperts(), floor, 1e6 * cost.meanSeconds());
      }
    }
  }
}
