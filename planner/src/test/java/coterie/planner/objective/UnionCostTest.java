package coterie.planner.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.BruteForce;
import coterie.planner.RandomProblems;
import coterie.planner.bound.CeilBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.ReplicaTable;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UnionCostTest {

  private interface Implementation extends BiFunction<StepMix, Placement, UnionCost> {}

  static Stream<Arguments> implementations() {
    Implementation hall = HallUnionCost::new;
    Implementation witness = WitnessUnionCost::new;
    Implementation reach = ReachUnionCost::new;
    return Stream.of(
        Arguments.of("hall", hall), Arguments.of("witness", witness), Arguments.of("reach", reach));
  }

  /**
   * Two GPUs of two slots, four experts, three kinds of token: {0,1} half of the time, {2,3} and
   * {0,2} a quarter each. With 0 1 | 2 3 the first two cost 2 and the third 1: 1.75. Swapping 1 and
   * 2 gives 0 2 | 1 3: 1, 1 and 2, so 1.25.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("implementations")
  void handWorkedSwap(String name, BiFunction<StepMix, Placement, UnionCost> implementation) {
    var tokens =
        TokenSets.builder(4)
            .add(new int[] {0, 1}, 2)
            .add(new int[] {2, 3}, 1)
            .add(new int[] {0, 2}, 1)
            .build();
    var steps = StepUnions.of(TokenBatches.draw(tokens, 1, 1, new SeededRandom(0)));
    var start = Placement.of(new Cluster(2, 2), 4, new int[] {0, 1, 2, 3});
    var cost = implementation.apply(new StepMix(List.of(steps)), start);
    assertThat(cost.experts()).isEqualTo(1.75);
    var swap = HostChange.swap(1, 0, 2, 1);
    assertThat(cost.delta(swap, Long.MAX_VALUE - 1)).isEqualTo(-SearchCost.UNITS / 2);
    cost.apply(swap);
    assertThat(cost.experts()).isEqualTo(1.25);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("implementations")
  void deltaEqualsRecomputation(
      String name, BiFunction<StepMix, Placement, UnionCost> implementation) {
    int changes = 0;
    for (int seed = 0; seed < 150; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var mix = new StepMix(batchSizes(experts, random));
      var slots = RandomProblems.placement(cluster, experts, random).toArray();
      var cost = implementation.apply(mix, Placement.of(cluster, experts, slots));
      for (int i = 0; i < 100; i++) {
        var before = slots.clone();
        var change = RandomProblems.edit(cluster, experts, slots, random);
        if (change.isEmpty()) {
          continue;
        }
        changes++;
        var after = implementation.apply(mix, Placement.of(cluster, experts, slots));
        long truth = after.total() - cost.total();
        assertThat(cost.delta(change.get(), Long.MAX_VALUE - 1))
            .as("seed %s", seed)
            .isEqualTo(truth);
        assertThat(cost.delta(change.get(), truth)).isEqualTo(truth);
        assertThat(cost.delta(change.get(), truth - 1)).isEqualTo(SearchCost.OVER_LIMIT);
        if (random.nextInt(3) == 0) {
          cost.apply(change.get());
          assertThat(cost.total()).as("applied, seed %s", seed).isEqualTo(after.total());
          assertThat(cost.delta(change.get().inverse(), Long.MAX_VALUE - 1)).isEqualTo(-truth);
        } else {
          slots = before;
        }
      }
    }
    assertThat(changes).isGreaterThan(5000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("implementations")
  void equalsBruteForceAndIsNeverBelowTheCertificate(
      String name, BiFunction<StepMix, Placement, UnionCost> implementation) {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SeededRandom(1000 + seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, Math.min(3, experts), 10, random);
      var steps = StepUnions.of(TokenBatches.draw(tokens, 2, 20, random));
      var cost = implementation.apply(new StepMix(List.of(steps)), placement);
      assertThat(cost.experts())
          .isCloseTo(BruteForce.experts(steps, ReplicaTable.of(placement)), within(1e-9));
      assertThat(CeilBound.experts(steps, cluster.gpus()))
          .isLessThanOrEqualTo(cost.experts() + 1e-9);
    }
  }

  @Test
  void oneBitAnExpertReachesBeyondOneWord() {
    var random = new SeededRandom(5);
    var cluster = new Cluster(4, 40);
    var tokens = RandomProblems.tokens(150, 8, 60, random);
    var mix = new StepMix(List.of(StepUnions.of(TokenBatches.draw(tokens, 4, 80, random))));
    var placement = RandomProblems.placement(cluster, 150, random);
    var hall = new HallUnionCost(mix, placement);
    var witness = new WitnessUnionCost(mix, placement);
    var slots = placement.toArray();
    for (int i = 0; i < 300; i++) {
      var change = RandomProblems.edit(cluster, 150, slots, random);
      change.ifPresent(
          c -> {
            assertThat(hall.delta(c, Long.MAX_VALUE - 1))
                .isEqualTo(witness.delta(c, Long.MAX_VALUE - 1));
            hall.apply(c);
            witness.apply(c);
          });
      assertThat(hall.total()).isEqualTo(witness.total());
    }
  }

  @Test
  void manyGpusNeedMoreThanOneWord() {
    var random = new SeededRandom(6);
    var cluster = new Cluster(70, 2);
    var tokens = RandomProblems.tokens(130, 8, 60, random);
    var mix = List.of(StepUnions.of(TokenBatches.draw(tokens, 16, 80, random)));
    var slots = RandomProblems.placement(cluster, 130, random).toArray();
    var cost = UnionCost.of(mix, Placement.of(cluster, 130, slots));
    for (int i = 0; i < 200; i++) {
      var change = RandomProblems.edit(cluster, 130, slots, random);
      change.ifPresent(cost::apply);
      assertThat(cost.total())
          .isEqualTo(UnionCost.of(mix, Placement.of(cluster, 130, slots)).total());
    }
  }

  private static List<StepUnions> batchSizes(int experts, SeededRandom random) {
    var tokens =
        RandomProblems.tokens(experts, 1 + random.nextInt(Math.min(4, experts)), 30, random);
    return List.of(
        StepUnions.of(TokenBatches.draw(tokens, 1, 1, random)),
        StepUnions.of(TokenBatches.draw(tokens, 3, 40, random)));
  }
}
