package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.util.List;
import org.junit.jupiter.api.Test;

class AffinityTest {

  /** Two cliques of two experts on two GPUs: together they need one GPU a token. */
  @Test
  void groupsWhatActsTogether() {
    var sets = TokenSets.builder(4).add(new int[] {0, 3}, 5).add(new int[] {1, 2}, 5).build();
    var placement = planned(problem(new Cluster(2, 2), sets, 1));
    assertThat(TrafficCost.of(sets, placement, TrafficPrice.GPUS).gpusPerToken()).isEqualTo(1);
  }

  /** Every placement within the limit is tried, with spares and without. */
  @Test
  void findsTheOptimumOfTinyProblemsWithinTheLimit() {
    int optimal = 0;
    int problems = 60;
    for (int seed = 0; seed < problems; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2 + random.nextInt(2), 3);
      int experts = cluster.slots() - random.nextInt(2);
      var sets = RandomProblems.tokens(experts, 3, 12, random);
      double limit = 1.25;
      var problem = problem(cluster, sets, seed);
      problem = problem.withGoal(problem.goal().withMostImbalance(limit));
      double least = leastTraffic(cluster, sets, limit);
      if (least == Double.POSITIVE_INFINITY) {
        assertThat(PlannerKind.AFFINITY.plan(problem))
            .isInstanceOf(PlanningOutcome.Infeasible.class);
        continue;
      }
      var placement = planned(problem);
      assertThat(EvenSplit.imbalance(placement, sets.expertLoad()))
          .isLessThanOrEqualTo(limit + 1e-6);
      double found = TrafficCost.of(sets, placement, TrafficPrice.GPUS).value();
      assertThat(found).isGreaterThanOrEqualTo(least - 1e-9);
      optimal += found < least + 1e-9 ? 1 : 0;
    }
    assertThat(optimal).as("optima of %s", problems).isGreaterThan(problems * 8 / 10);
  }

  private static double leastTraffic(Cluster cluster, TokenSets sets, double limit) {
    var least = new double[] {Double.POSITIVE_INFINITY};
    AllPlacements.visit(
        cluster,
        sets.experts(),
        true,
        slots -> {
          var placement = Placement.of(cluster, sets.experts(), slots);
          if (EvenSplit.imbalance(placement, sets.expertLoad()) <= limit) {
            least[0] =
                Math.min(least[0], TrafficCost.of(sets, placement, TrafficPrice.GPUS).value());
          }
        });
    return least[0];
  }

  @Test
  void aLimitThatCannotBeKeptIsNamed() {
    var sets = TokenSets.builder(4).add(new int[] {0}, 97).add(new int[] {1, 2, 3}, 1).build();
    var problem = problem(new Cluster(2, 2), sets, 1);
    assertThat(PlannerKind.AFFINITY.plan(problem.withGoal(problem.goal().withMostImbalance(1.1))))
        .isEqualTo(
            new PlanningOutcome.Infeasible(
                "layer 0: imbalance on data set 'tokens' is limited to 1.1000, the best balanced"
                    + " placement found has 1.9600",
                "allow as much, or give the GPUs more slots for replicas"));
  }

  /** The limit holds on each data set, not only on their mean. */
  @Test
  void theLimitHoldsOnEveryDataSet() {
    var random = new SeededRandom(4);
    var one = RandomProblems.tokens(16, 3, 200, random);
    var other = RandomProblems.tokens(16, 3, 200, random);
    var base = problem(new Cluster(4, 4), one, 1);
    var problem =
        base.withData(
                List.of(new WeightedTokens("one", one, 1), new WeightedTokens("other", other, 1)))
            .withGoal(base.goal().withMostImbalance(1.15));
    var placement = planned(problem);
    assertThat(EvenSplit.imbalance(placement, one.expertLoad())).isLessThanOrEqualTo(1.1501);
    assertThat(EvenSplit.imbalance(placement, other.expertLoad())).isLessThanOrEqualTo(1.1501);
  }

  private static Placement planned(LayerProblem problem) {
    return ((PlanningOutcome.Planned) PlannerKind.AFFINITY.plan(problem)).placement();
  }

  private static LayerProblem problem(Cluster cluster, TokenSets sets, long seed) {
    return LayerProblem.of(cluster, 0, sets, List.of(1), 50, SearchBudget.ofProposals(3000), seed);
  }
}
