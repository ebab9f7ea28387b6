package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.UnionCost;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExhaustiveTest {

  @Test
  void noOtherPlannerEndsLower() {
    for (int seed = 0; seed < 25; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2 + random.nextInt(2), 2);
      int experts = cluster.slots() - random.nextInt(2);
      var problem = problem(cluster, RandomProblems.tokens(experts, 2, 8, random), seed);
      double best = cost(PlannerKind.EXHAUSTIVE, problem);
      for (var kind : PlannerKind.values()) {
        assertThat(best).as("%s, seed %s", kind, seed).isLessThan(cost(kind, problem) + 1e-9);
      }
    }
  }

  @Test
  void keepsLimits() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(3, 2);
      var sets = RandomProblems.tokens(6, 2, 8, random);
      var current = RandomProblems.placement(cluster, 6, random);
      var free = problem(cluster, sets, seed).withCurrent(Optional.of(current));
      var placement =
          ((PlanningOutcome.Planned)
                  PlannerKind.EXHAUSTIVE.plan(free.withGoal(free.goal().withMostMovedSlots(2))))
              .placement();
      assertThat(PlacementDiff.of(current, placement).moved()).isLessThanOrEqualTo(2);
      var outcome = PlannerKind.EXHAUSTIVE.plan(free.withGoal(free.goal().withMostImbalance(1.2)));
      if (outcome instanceof PlanningOutcome.Planned balanced) {
        assertThat(EvenSplit.imbalance(balanced.placement(), sets.expertLoad()))
            .isLessThanOrEqualTo(1.2);
      }
    }
  }

  @Test
  void largerProblemsAreRefusedByName() {
    var outcome =
        PlannerKind.EXHAUSTIVE.plan(
            problem(new Cluster(8, 5), RandomProblems.tokens(32, 4, 5, new SeededRandom(1)), 1));
    assertThat(outcome)
        .isEqualTo(
            new PlanningOutcome.Infeasible(
                "planner exhaustive tries at most 200000 placements; 32 experts on 8 GPUs x 5 slots"
                    + " have up to 2.7e+42",
                "planner local-search has no such limit"));
  }

  private static double cost(PlannerKind kind, LayerProblem problem) {
    Placement placement = ((PlanningOutcome.Planned) kind.plan(problem)).placement();
    var steps = StepUnions.of(TokenBatches.draw(problem.tokens(), 1, 1, new SeededRandom(0)));
    return UnionCost.of(List.of(steps), placement).value();
  }

  private static LayerProblem problem(Cluster cluster, TokenSets sets, long seed) {
    return LayerProblem.of(cluster, 0, sets, List.of(1), 50, SearchBudget.ofProposals(1000), seed);
  }
}
