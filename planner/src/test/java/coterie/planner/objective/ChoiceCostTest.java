package coterie.planner.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.GpuLoad;
import coterie.planner.routing.RouterRule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChoiceCostTest {

  /** The seed that engines draw with, so that the judging router draws the same. */
  private static final long ENGINE_SEED = 42;

  /**
   * GPU 0 holds 0 and 1, GPU 1 holds 2 and 0 again. Two tokens that call 0 and 1: vLLM sends the
   * second one's expert 0 to GPU 1, and GPU 0 runs two copies. With 1 and 2 exchanged it is GPU 1
   * that runs two. Only without the second copy of 0 each GPU runs one.
   */
  @Test
  void handWorkedUnderVllm() {
    var tokens = TokenSets.builder(3).add(new int[] {0, 1}, 1).build();
    var batches = TokenBatches.draw(tokens, 2, 1, new SeededRandom(0));
    var start = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});
    var cost = cost(RouterRule.VLLM, List.of(batches), start);
    assertThat(cost.value()).isEqualTo(2);
    var swap = HostChange.swap(1, 0, 2, 1);
    assertThat(cost.delta(swap, Long.MAX_VALUE - 1)).isZero();
    cost.apply(swap);
    assertThat(cost.value()).isEqualTo(2);
    var reassign = HostChange.reassign(0, 2, 1);
    assertThat(cost.delta(reassign, Long.MAX_VALUE - 1)).isEqualTo(-SearchCost.UNITS);
    cost.apply(reassign);
    assertThat(cost.value()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.INCLUDE,
      names = {
        "SGLANG",
        "SGLANG_DYNAMIC",
        "VLLM",
        "VLLM_DP",
        "TENSORRT_LLM",
        "VLLM_ASCEND",
        "EVEN"
      })
  void deltaEqualsRecomputationAndTheJudgesPrice(RouterRule rule) {
    int changes = 0;
    for (int seed = 0; seed < 60; seed++) {
      var random = new SeededRandom(seed);
      // Up to 12 GPUs, so that counts take two words.
      var cluster = new Cluster(2 + random.nextInt(11), 2 + random.nextInt(3));
      int experts = RandomProblems.experts(cluster, random);
      var tokens = RandomProblems.tokens(experts, Math.min(3, experts), 20, random);
      var mix =
          List.of(
              place(rule, TokenBatches.draw(tokens, 1, 1, random), cluster),
              place(rule, TokenBatches.draw(tokens, 5, 15, random), cluster));
      var slots = RandomProblems.placement(cluster, experts, random).toArray();
      var cost = cost(rule, mix, Placement.of(cluster, experts, slots));
      for (int i = 0; i < 60; i++) {
        var before = slots.clone();
        var change = RandomProblems.edit(cluster, experts, slots, random);
        if (change.isEmpty()) {
          continue;
        }
        changes++;
        var placement = Placement.of(cluster, experts, slots);
        var after = cost(rule, mix, placement);
        long truth = after.total() - cost.total();
        assertThat(cost.delta(change.get(), Long.MAX_VALUE - 1))
            .as("seed %s", seed)
            .isEqualTo(truth);
        assertThat(cost.delta(change.get(), truth - 1)).isEqualTo(SearchCost.OVER_LIMIT);
        if (random.nextInt(3) == 0) {
          cost.apply(change.get());
          assertThat(cost.total()).isEqualTo(after.total());
          assertThat(cost.value()).isCloseTo(judged(rule, mix, placement), within(1e-9));
        } else {
          slots = before;
        }
      }
    }
    assertThat(changes).isGreaterThan(1000);
  }

  /** A batch size that counts three times as much as another moves the mean to its cost. */
  @Test
  void sharesWeighBatchSizes() {
    var random = new SeededRandom(1);
    var cluster = new Cluster(3, 2);
    var tokens = RandomProblems.tokens(5, 2, 20, random);
    var placement = RandomProblems.placement(cluster, 5, random);
    var one = TokenBatches.draw(tokens, 1, 1, random);
    var four = TokenBatches.draw(tokens, 4, 50, random);
    var choice = RouterRule.VLLM.choice(cluster, four, ENGINE_SEED).orElseThrow();
    var cost = new ChoiceCost(List.of(one, four), new double[] {1, 3}, choice, placement);
    double ofOne = judged(RouterRule.VLLM, List.of(one), placement);
    double ofFour = judged(RouterRule.VLLM, List.of(four), placement);
    assertThat(cost.value()).isCloseTo((ofOne + 3 * ofFour) / 4, within(1e-9));
  }

  private static TokenBatches place(RouterRule rule, TokenBatches batches, Cluster cluster) {
    return rule.attention().place(batches, cluster.gpus());
  }

  private static ChoiceCost cost(RouterRule rule, List<TokenBatches> mix, Placement placement) {
    var largest = mix.get(mix.size() - 1);
    var choice = rule.choice(placement.cluster(), largest, ENGINE_SEED).orElseThrow();
    var shares = new double[mix.size()];
    Arrays.fill(shares, 1);
    return new ChoiceCost(mix, shares, choice, placement);
  }

  private static double judged(RouterRule rule, List<TokenBatches> mix, Placement placement) {
    double cost = 0;
    var router = rule.create(placement, 1);
    var load = new GpuLoad(placement.cluster().gpus());
    for (var batches : mix) {
      double sum = 0;
      double weight = 0;
      for (int step = 0; step < batches.size(); step++) {
        router.route(batches, step, load);
        sum += batches.weight(step) * load.mostCopies();
        weight += batches.weight(step);
      }
      cost += sum / weight / mix.size();
    }
    return cost;
  }
}
