package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What local search keeps and weighs beside distinct experts. */
class GoalTest {

  private static final Cluster CLUSTER = new Cluster(4, 3);
  private static final int EXPERTS = 10;

  @Test
  void anImbalanceLimitIsKept() {
    for (int seed = 0; seed < 10; seed++) {
      var free = problem(seed);
      var eplb = placement(PlannerKind.EPLB, free);
      double limit = EvenSplit.imbalance(eplb, free.tokens().expertLoad()) + 0.01;
      var kept = free.withGoal(free.goal().withMostImbalance(limit));
      var placement = placement(PlannerKind.LOCAL_SEARCH, kept);
      assertThat(EvenSplit.imbalance(placement, free.tokens().expertLoad()))
          .isLessThanOrEqualTo(limit);
    }
  }

  /** Two GPUs, no spare, and one expert with 5 of 8 calls: 5 against a mean of 4. */
  @Test
  void anImpossibleLimitSaysByHowMuch() {
    var tokens = TokenSets.builder(4).add(new int[] {0}, 5).add(new int[] {1}, 3).build();
    var problem =
        LayerProblem.of(
            new Cluster(2, 2), 3, tokens, List.of(1), 10, SearchBudget.ofProposals(500), 1);
    var outcome =
        PlannerKind.LOCAL_SEARCH.plan(problem.withGoal(problem.goal().withMostImbalance(1.1)));
    assertThat(outcome)
        .isEqualTo(
            new PlanningOutcome.Infeasible(
                "layer 3: token imbalance limited to 1.100, the least that was found is 1.250,"
                    + " 0.150 over",
                "allow more, or give the search more proposals"));
  }

  @Test
  void noMoreSlotsMoveThanAllowedAndMoreNeverCostMore() {
    for (int seed = 0; seed < 10; seed++) {
      var random = new SeededRandom(seed);
      var current = RandomProblems.placement(CLUSTER, EXPERTS, random);
      var problem = problem(seed).withCurrent(Optional.of(current));
      var front = MigrationFront.of(problem, new int[] {0, 1, 2, 4, 12});
      assertThat(front.get(0).moved()).isZero();
      assertThat(front.get(0).placement()).isEqualTo(current);
      double before = Double.MAX_VALUE;
      for (var point : front) {
        assertThat(point.moved()).isLessThanOrEqualTo(point.mostMoved());
        assertThat(point.moved()).isEqualTo(PlacementDiff.of(current, point.placement()).moved());
        assertThat(point.cost()).isLessThanOrEqualTo(before);
        before = point.cost();
      }
    }
  }

  @Test
  void theWorstDataSetCostsNoMoreThanWhenTheMeanIsPlannedFor() {
    var first = RandomProblems.tokens(EXPERTS, 3, 12, new SeededRandom(100));
    var second = RandomProblems.tokens(EXPERTS, 3, 12, new SeededRandom(200));
    var both =
        problem(1)
            .withData(
                List.of(
                    new WeightedTokens("first", first, 9),
                    new WeightedTokens("second", second, 1)));
    var worst = both.withGoal(both.goal().withRobustness(Robustness.WORST));
    assertThat(worstCost(both, placement(PlannerKind.LOCAL_SEARCH, worst)))
        .isLessThanOrEqualTo(worstCost(both, placement(PlannerKind.LOCAL_SEARCH, both)));
  }

  /** Weighed heavily, fewer GPUs a token are bought with more experts on the busiest GPU. */
  @Test
  void aPriceOnGpusATokenIsWeighedAgainstDistinctExperts() {
    double gpusFree = 0;
    double gpusPriced = 0;
    double expertsFree = 0;
    double expertsPriced = 0;
    for (int seed = 0; seed < 10; seed++) {
      var free = problem(seed);
      var priced = free.withGoal(free.goal().withPrices(new Prices(0, 10, 0, 0)));
      var one = placement(PlannerKind.LOCAL_SEARCH, free);
      var other = placement(PlannerKind.LOCAL_SEARCH, priced);
      gpusFree += gpusPerToken(free, one);
      gpusPriced += gpusPerToken(free, other);
      expertsFree += DrawnSteps.of(free, 50, 9).cost(one).value();
      expertsPriced += DrawnSteps.of(free, 50, 9).cost(other).value();
    }
    assertThat(gpusPriced).isLessThan(0.9 * gpusFree);
    assertThat(expertsFree).isLessThan(expertsPriced);
  }

  /** 1 token of 2 on two GPUs: 2 and 1 distinct experts at most, 1.5; and 1.5 GPUs at 2 each. */
  @Test
  void pricedTermsAddUp() {
    var tokens = TokenSets.builder(4).add(new int[] {0, 1}, 1).add(new int[] {0, 2}, 1).build();
    var problem =
        LayerProblem.of(
            new Cluster(2, 2), 0, tokens, List.of(1), 10, SearchBudget.ofProposals(1), 1);
    var priced = problem.withGoal(problem.goal().withPrices(new Prices(0, 2, 0, 0)));
    var placement = Placement.of(new Cluster(2, 2), 4, new int[] {0, 1, 2, 3});
    assertThat(DrawnSteps.of(problem, 10, 1).cost(placement).value()).isEqualTo(1.5);
    assertThat(DrawnSteps.of(priced, 10, 1).cost(placement).value()).isEqualTo(4.5);
  }

  private static double gpusPerToken(LayerProblem problem, Placement placement) {
    return TrafficCost.of(problem.tokens(), placement, TrafficPrice.GPUS).gpusPerToken();
  }

  @Test
  void dataSetsPoolByTheirSharesNotTheirSizes() {
    var first = TokenSets.builder(2).add(new int[] {0}, 100).build();
    var second = TokenSets.builder(2).add(new int[] {1}, 1).build();
    var pooled =
        problem(1)
            .withData(
                List.of(
                    new WeightedTokens("first", first, 1), new WeightedTokens("second", second, 3)))
            .tokens()
            .expertLoad();
    assertThat(pooled[1] / pooled[0]).isEqualTo(3);
  }

  private static double worstCost(LayerProblem problem, Placement placement) {
    var worst = problem.withGoal(problem.goal().withRobustness(Robustness.WORST));
    return DrawnSteps.of(worst, 50, 9).cost(placement).value();
  }

  private static LayerProblem problem(int seed) {
    return LayerProblem.of(
        CLUSTER,
        0,
        RandomProblems.tokens(EXPERTS, 3, 30, new SeededRandom(seed)),
        List.of(1),
        50,
        SearchBudget.ofProposals(4000),
        seed);
  }

  private static Placement placement(PlannerKind kind, LayerProblem problem) {
    return ((PlanningOutcome.Planned) kind.plan(problem)).placement();
  }
}
