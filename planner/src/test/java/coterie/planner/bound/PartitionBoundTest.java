package coterie.planner.bound;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PartitionBoundTest {

  /** GPUs, slots a GPU, experts; with spares wherever slots are more than experts. */
  private static final int[][] SHAPES = {
    {2, 2, 4}, {2, 2, 3}, {2, 3, 6}, {2, 3, 5}, {2, 3, 4}, {3, 2, 6}, {3, 2, 5}, {3, 2, 4},
    {2, 4, 7}, {4, 2, 7}, {3, 3, 8}, {3, 3, 9}
  };

  @Test
  void one_expert_that_acts_with_all_others_must_meet_one_of_them() {
    var sets =
        TokenSets.builder(4)
            .add(new int[] {0, 1}, 1)
            .add(new int[] {0, 2}, 1)
            .add(new int[] {0, 3}, 1)
            .build();
    var bound = bound(steps(sets, 1, 1), new Cluster(2, 2), 400);
    assertThat(bound.trivialExperts()).isEqualTo(1);
    assertThat(bound.experts()).isCloseTo(4.0 / 3, Offset.offset(1e-3)).isLessThan(4.0 / 3);
  }

  @Test
  void two_copies_of_that_expert_leave_nothing_to_prove() {
    var sets =
        TokenSets.builder(4)
            .add(new int[] {0, 1}, 1)
            .add(new int[] {0, 2}, 1)
            .add(new int[] {0, 3}, 1)
            .build();
    assertThat(bound(steps(sets, 1, 1), new Cluster(3, 2), 400).experts()).isEqualTo(1);
  }

  @Test
  void a_spare_slot_cannot_save_six_experts_of_which_every_pair_acts() {
    var builder = TokenSets.builder(6);
    for (int a = 0; a < 6; a++) {
      for (int b = a + 1; b < 6; b++) {
        builder.add(new int[] {a, b}, 1);
      }
    }
    var steps = steps(builder.build(), 1, 1);
    // 2 GPUs x 4 slots: at least four experts have one copy, so two pairs of them share a GPU.
    var cluster = new Cluster(2, 4);
    assertThat(ExactOptimum.experts(steps, cluster)).isCloseTo(1 + 2.0 / 15, Offset.offset(1e-9));
    assertThat(bound(steps, cluster, 400).experts()).isBetween(1.05, 1 + 2.0 / 15);
  }

  @Test
  void is_never_above_the_best_placement() {
    double proven = 0;
    double excess = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      var random = SeededRandom.of(seed, 5);
      var shape = SHAPES[seed % SHAPES.length];
      var cluster = new Cluster(shape[0], shape[1]);
      int k = 1 + random.nextInt(Math.min(4, shape[2]));
      var sets = RandomProblems.tokens(shape[2], k, 2 + random.nextInt(8), random);
      var steps = steps(sets, 1 + random.nextInt(3), 6, random);
      double optimum = ExactOptimum.experts(steps, cluster);
      var bound = bound(steps, cluster, 1 + random.nextInt(60));
      assertThat(bound.experts())
          .as("seed %d, %s, %d experts", seed, cluster, shape[2])
          .isBetween(bound.trivialExperts(), optimum);
      proven += bound.experts() - bound.trivialExperts();
      excess += optimum - bound.trivialExperts();
    }
    assertThat(proven / excess).as("share of the excess proven").isGreaterThan(0.5);
  }

  @Test
  void gpus_of_unequal_room_are_bounded_too() {
    var random = new SeededRandom(9);
    for (int seed = 0; seed < 200; seed++) {
      var steps = steps(RandomProblems.tokens(6, 3, 8, random), 1, 1);
      var cluster = Cluster.ofSlots(1, 4, 2, 2);
      double optimum = ExactOptimum.experts(steps, cluster);
      var bound = bound(steps, cluster, 60);
      assertThat(bound.experts()).isBetween(bound.trivialExperts(), optimum);
    }
  }

  @Test
  void grows_with_the_iterations_and_is_the_same_each_time() {
    var random = new SeededRandom(3);
    var steps = steps(RandomProblems.tokens(12, 4, 60, random), 1, 1);
    var cluster = new Cluster(4, 3);
    var few = bound(steps, cluster, 20);
    var many = bound(steps, cluster, 300);
    assertThat(many.experts()).isGreaterThanOrEqualTo(few.experts());
    assertThat(bound(steps, cluster, 300)).isEqualTo(many);
  }

  @Test
  void stops_when_told_with_a_bound_that_holds() {
    var steps = steps(RandomProblems.tokens(6, 3, 20, new SeededRandom(3)), 1, 1);
    var bound = PartitionBound.of(steps, new Cluster(3, 2), new BoundBudget(1_000_000, () -> true));
    assertThat(bound.orElseThrow().experts()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void declines_where_a_gpu_can_hold_too_many_sets() {
    var steps = steps(RandomProblems.tokens(64, 3, 20, new SeededRandom(3)), 1, 1);
    assertThat(PartitionBound.of(steps, new Cluster(8, 8), BoundBudget.ofIterations(1))).isEmpty();
  }

  private static Certificate bound(StepUnions steps, Cluster cluster, int iterations) {
    return PartitionBound.of(steps, cluster, BoundBudget.ofIterations(iterations)).orElseThrow();
  }

  private static StepUnions steps(TokenSets sets, int batch, int count) {
    return steps(sets, batch, count, new SeededRandom(1));
  }

  private static StepUnions steps(TokenSets sets, int batch, int count, SeededRandom random) {
    return StepUnions.of(TokenBatches.draw(sets, batch, count, random));
  }
}
