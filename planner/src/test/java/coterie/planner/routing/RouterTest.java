package coterie.planner.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RouterTest {

  /** GPU 0 holds 0 and 1, GPU 1 holds 2 and a copy of 0. */
  private static final Placement PLACEMENT =
      Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});

  /** One kind of token, which calls experts 0 and 1; a batch of two of them. */
  private static final TokenBatches TWO_ALIKE =
      TokenBatches.draw(
          TokenSets.builder(3).add(new int[] {0, 1}, 1).build(), 2, 1, new SeededRandom(0));

  @Test
  void exactSendsAllTokensOfAnExpertToOneReplica() {
    var load = route(RouterRule.EXACT, PLACEMENT, TWO_ALIKE);
    assertThat(load.copies(0)).isEqualTo(1);
    assertThat(load.copies(1)).isEqualTo(1);
    assertThat(load.pairs(0)).isEqualTo(2);
    assertThat(load.pairs(1)).isEqualTo(2);
  }

  /**
   * Token 0 hashes to 0 and uses replica 0 of expert 0, on GPU 0. Token 1 hashes to 2654435769,
   * odd, and uses replica 1, on GPU 1. Both copies of expert 0 are read: GPU 0 runs two copies
   * where one would do.
   */
  @Test
  void vllmSpreadsTokensOverReplicas() {
    var load = route(RouterRule.VLLM, PLACEMENT, TWO_ALIKE);
    assertThat(load.copies(0)).isEqualTo(2);
    assertThat(load.copies(1)).isEqualTo(1);
    assertThat(load.pairs(0)).isEqualTo(3);
    assertThat(load.pairs(1)).isEqualTo(1);
    assertThat(load.mostCopies()).isEqualTo(2);
  }

  /**
   * Expert 0 lies on GPUs 0 and 1, expert 1 on GPU 0. In the order of the ids, 0 goes to GPU 0 and
   * 1 must follow it there; with 1 sent first, 0 finds GPU 0 taken and goes to GPU 1.
   */
  @Test
  void rankInvariantSendsExpertsWithoutChoiceFirst() {
    var placement = Placement.of(new Cluster(3, 2), 4, new int[] {0, 1, 0, 3, 2, 3});
    var tokens = TokenSets.builder(4).add(new int[] {0, 1}, 1).build();
    var step = TokenBatches.draw(tokens, 1, 1, new SeededRandom(0));
    assertThat(route(RouterRule.LEAST_LOADED, placement, step).mostCopies()).isEqualTo(2);
    assertThat(route(RouterRule.RANK_INVARIANT, placement, step).mostCopies()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void everyTokenIsServedAndNoRouterBeatsTheExactOne(RouterRule rule) {
    for (int seed = 0; seed < 100; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, 2, 12, random);
      var batches =
          rule.attention().place(TokenBatches.draw(tokens, 5, 10, random), cluster.gpus());
      var router = rule.create(placement, 2.5);
      var exact = RouterRule.EXACT.create(placement, 2.5);
      var load = new GpuLoad(cluster.gpus());
      for (int step = 0; step < batches.size(); step++) {
        router.route(batches, step, load);
        int pairs = 0;
        for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
          pairs += load.pairs(gpu);
          assertThat(load.copies(gpu))
              .isBetween(0, Math.min(load.pairs(gpu), cluster.slotsPerGpu()));
        }
        assertThat(pairs).isEqualTo(10);
        int most = load.mostCopies();
        exact.route(batches, step, load);
        assertThat(most).isGreaterThanOrEqualTo(load.mostCopies());
      }
    }
  }

  /** Loads 4, 2, 2 with expert 0 twice: GPU 0 gets 4/2 + 2, GPU 1 gets 2 + 4/2. */
  @Test
  void evenSplitSharesTokensAmongReplicas() {
    assertThat(EvenSplit.imbalance(PLACEMENT, new double[] {4, 2, 2})).isCloseTo(1, within(1e-12));
    // GPU 0: 2 + 6 = 8, GPU 1: 0 + 2 = 2, mean 5.
    assertThat(EvenSplit.imbalance(PLACEMENT, new double[] {4, 6, 0}))
        .isCloseTo(1.6, within(1e-12));
  }

  private static GpuLoad route(RouterRule rule, Placement placement, TokenBatches batches) {
    int gpus = placement.cluster().gpus();
    var load = new GpuLoad(gpus);
    rule.create(placement, 1).route(batches, 0, load);
    return load;
  }
}
