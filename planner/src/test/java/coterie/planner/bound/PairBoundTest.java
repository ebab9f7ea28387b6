package coterie.planner.bound;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import org.junit.jupiter.api.Test;

class PairBoundTest {

  private static final int[][] SHAPES = {{2, 2}, {2, 3}, {3, 2}, {2, 4}, {4, 2}, {3, 3}};

  @Test
  void is_never_above_the_best_placement() {
    double proven = 0;
    double excess = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      var random = SeededRandom.of(seed, 6);
      var shape = SHAPES[seed % SHAPES.length];
      var cluster = new Cluster(shape[0], shape[1]);
      int k = 2 + random.nextInt(3);
      var sets = RandomProblems.tokens(cluster.slots(), k, 2 + random.nextInt(12), random);
      var steps = steps(sets, 1 + random.nextInt(2), random);
      double optimum = ExactOptimum.experts(steps, cluster);
      var bound = bound(steps, cluster, 1 + random.nextInt(120));
      assertThat(bound.experts())
          .as("seed %d, %s", seed, cluster)
          .isBetween(bound.trivialExperts(), optimum);
      proven += bound.experts() - bound.trivialExperts();
      excess += optimum - bound.trivialExperts();
    }
    assertThat(proven / excess).as("share of the excess proven").isGreaterThan(0.4);
  }

  @Test
  void every_pair_alike_is_proven_to_the_last_digits() {
    var builder = TokenSets.builder(9);
    for (int a = 0; a < 9; a++) {
      for (int b = a + 1; b < 9; b++) {
        builder.add(new int[] {a, b}, 1);
      }
    }
    // 9 of 36 pairs share a GPU wherever the experts lie.
    var bound = bound(steps(builder.build(), 1, new SeededRandom(1)), new Cluster(3, 3), 300);
    assertThat(bound.experts()).isBetween(1.2499, 1.25);
  }

  @Test
  void declines_spare_slots() {
    var steps = steps(RandomProblems.tokens(8, 3, 20, new SeededRandom(3)), 1, new SeededRandom(1));
    assertThat(PairBound.of(steps, new Cluster(3, 3), BoundBudget.ofIterations(1))).isEmpty();
  }

  private static Certificate bound(StepUnions steps, Cluster cluster, int iterations) {
    return PairBound.of(steps, cluster, BoundBudget.ofIterations(iterations)).orElseThrow();
  }

  private static StepUnions steps(TokenSets sets, int batch, SeededRandom random) {
    return StepUnions.of(TokenBatches.draw(sets, batch, 8, random));
  }
}
