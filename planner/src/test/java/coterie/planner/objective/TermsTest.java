package coterie.planner.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.EvenSplit;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The terms of a goal beside unions: worked by hand, and every delta against recomputation. */
class TermsTest {

  /** GPU 0 has all 6 tokens of expert 0 and half of the 4 of expert 1: 8 of 12, the mean is 6. */
  @Test
  void imbalanceByHand() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 1, 2});
    var cost = new ImbalanceCost(placement, new double[] {6, 4, 2});
    assertThat(cost.value()).isCloseTo(8 / 6.0, within(1e-9));
    // The copy of expert 1 on GPU 0 becomes one of expert 2: 6 + 1 against 4 + 1.
    assertThat(change(cost, HostChange.reassign(1, 2, 0))).isCloseTo(7 / 6.0, within(1e-9));
  }

  @Test
  void movedSlotsByHand() {
    var current = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 1, 2});
    var cost = new MovedSlots(current, current);
    assertThat(cost.value()).isZero();
    assertThat(change(cost, HostChange.swap(0, 0, 2, 1))).isEqualTo(2);
    assertThat(change(cost, HostChange.swap(2, 0, 0, 1))).isZero();
  }

  @Test
  void worstIsTheHighestAndPricesAddUp() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 1, 2});
    var first = new ImbalanceCost(placement, new double[] {6, 4, 2});
    var second = new ImbalanceCost(placement, new double[] {1, 1, 1});
    assertThat(new WorstCost(List.of(first, second)).total()).isEqualTo(first.total());
    var priced = new PricedCosts(first, List.of(new PricedCosts.Term(second, 0.5)));
    assertThat(priced.value()).isCloseTo(8 / 6.0 + 0.5, within(1e-9));
  }

  @Test
  void imbalanceIsThatOfTheJudge() {
    overRandomProblems(
        (placement, tokens) -> {
          var cost = new ImbalanceCost(placement, tokens.expertLoad());
          assertThat(cost.value())
              .isCloseTo(EvenSplit.imbalance(placement, tokens.expertLoad()), within(1e-9));
        });
  }

  @Test
  void deltasEqualRecomputation() {
    overRandomProblems(
        (placement, tokens) -> {
          var other = tokens(placement.experts(), 77);
          follow(placement, p -> new ImbalanceCost(p, tokens.expertLoad()));
          follow(placement, p -> new MovedSlots(p, placement));
          follow(placement, p -> new WorstCost(List.of(unions(p, tokens), unions(p, other))));
          follow(
              placement,
              p ->
                  new PricedCosts(
                      unions(p, tokens),
                      List.of(
                          new PricedCosts.Term(new ImbalanceCost(p, other.expertLoad()), 0.3),
                          new PricedCosts.Term(new MovedSlots(p, placement), 0.07))));
        });
  }

  @Test
  void movedSlotsAreThoseOfTheDifference() {
    overRandomProblems(
        (placement, tokens) -> {
          var random = new SeededRandom(tokens.size());
          var other = RandomProblems.placement(placement.cluster(), placement.experts(), random);
          assertThat(new MovedSlots(other, placement).value())
              .isEqualTo(PlacementDiff.of(placement, other).moved());
        });
  }

  @Test
  void aLimitSaysByHowMuchItIsMissed() {
    var current = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 1, 2});
    var limit = new Limit("moved slots", new MovedSlots(current, current), 1);
    assertThat(limit.excess()).isZero();
    assertThat(limit.excessAfter(HostChange.swap(0, 0, 2, 1))).isEqualTo(SearchCost.UNITS);
  }

  private interface Check {
    void accept(Placement placement, TokenSets tokens);
  }

  private static void overRandomProblems(Check check) {
    for (int seed = 0; seed < 25; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      check.accept(RandomProblems.placement(cluster, experts, random), tokens(experts, seed));
    }
  }

  private static TokenSets tokens(int experts, int seed) {
    return RandomProblems.tokens(experts, Math.min(3, experts), 20, new SeededRandom(seed));
  }

  private static SearchCost unions(Placement placement, TokenSets tokens) {
    var steps = StepUnions.of(TokenBatches.draw(tokens, 2, 20, new SeededRandom(3)));
    return UnionCost.of(List.of(steps), placement);
  }

  /** Makes random changes; after each, the cost kept up to date equals a new one. */
  private static void follow(Placement start, Function<Placement, SearchCost> newCost) {
    var random = new SeededRandom(start.hashCode());
    var slots = start.toArray();
    var cost = newCost.apply(start);
    for (int i = 0; i < 40; i++) {
      var change = RandomProblems.edit(start.cluster(), start.experts(), slots, random);
      if (change.isPresent()) {
        long truth =
            newCost.apply(Placement.of(start.cluster(), start.experts(), slots)).total()
                - cost.total();
        assertThat(cost.delta(change.get(), Long.MAX_VALUE - 1)).isEqualTo(truth);
        assertThat(cost.delta(change.get(), truth)).isEqualTo(truth);
        assertThat(cost.delta(change.get(), truth - 1)).isEqualTo(SearchCost.OVER_LIMIT);
        long after = cost.total() + truth;
        cost.apply(change.get());
        assertThat(cost.total()).isEqualTo(after);
      }
    }
  }

  private static double change(SearchCost cost, HostChange change) {
    long after = cost.total() + cost.delta(change, Long.MAX_VALUE - 1);
    cost.apply(change);
    assertThat(cost.total()).isEqualTo(after);
    return cost.value();
  }
}
