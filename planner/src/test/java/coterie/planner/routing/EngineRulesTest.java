package coterie.planner.routing;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of the engines on steps small enough to route by hand. */
class EngineRulesTest {

  /** Four GPUs; expert 0 on GPUs 0, 1 and 3, expert 1 on GPU 2 only. */
  private static final Placement PLACEMENT =
      Placement.of(new Cluster(4, 1), 2, new int[] {0, 0, 1, 0});

  /** A step of tokens that all call expert 0. */
  private static TokenBatches calls(int tokens) {
    var sets = TokenSets.builder(2).add(new int[] {0}, 1).build();
    return TokenBatches.draw(sets, tokens, 1, new SeededRandom(0));
  }

  @Test
  void tokensStartOnRanksInTurn() {
    var sets = TokenSets.builder(2).add(new int[] {0}, 3).add(new int[] {0, 1}, 1).build();
    var single = TokenBatches.draw(sets, 1, 1, new SeededRandom(0)).onRanks(3);
    assertThat(single.size()).isEqualTo(6);
    assertThat(IntStream.range(0, 6).map(step -> single.set(step, 0)))
        .containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(IntStream.range(0, 6).map(step -> single.rank(step, 0)))
        .containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(single.weight(2)).isEqualTo(3);
    assertThat(single.weight(3)).isEqualTo(1);
    var batch = TokenBatches.draw(sets, 4, 2, new SeededRandom(0)).onRanks(3);
    assertThat(batch.size()).isEqualTo(2);
    assertThat(IntStream.range(0, 4).map(token -> batch.rank(1, token)))
        .containsExactly(1, 2, 0, 1);
    assertThat(IntStream.range(0, 4).map(batch::indexOnRank)).containsExactly(0, 0, 0, 1);
  }

  /** Seven calls on three replicas: 3, 2 and 2. */
  @Test
  void evenGivesTheFirstReplicasOneMore() {
    assertThat(pairs(RouterRule.EVEN, calls(7))).containsExactly(3, 2, 0, 2);
  }

  /**
   * With two replicas token 1 takes replica 2654435769 mod 2 = 1; with three, 2654435769 mod 3 = 0
   * and for token 2 1013904242 mod 3 = 2.
   */
  @Test
  void vllmWrapsTheProductAt32Bits() {
    assertThat(2_654_435_769L % 3).isZero();
    assertThat((2 * 2_654_435_769L & 0xFFFF_FFFFL) % 3).isEqualTo(2);
    assertThat(pairs(RouterRule.VLLM, calls(3))).containsExactly(2, 0, 0, 1);
  }

  /** On two ranks with two tokens each, both begin at 0: token indices 0 0 1 1, all replica 0. */
  @Test
  void vllmCountsOnEachRankUnderDataParallelAttention() {
    assertThat(pairs(RouterRule.VLLM_DP, calls(4).onRanks(2))).containsExactly(4, 0, 0, 0);
    assertThat(pairs(RouterRule.VLLM, calls(4))).containsExactly(2, 0, 0, 2);
  }

  /**
   * Two ranks of three tokens: rank 0 uses replicas 0 1 2, rank 1, one further, 1 2 0. One rank of
   * six uses 0 1 2 0 1 2.
   */
  @Test
  void tensorRtGoesRoundFromTheRank() {
    assertThat(pairs(RouterRule.TENSORRT_LLM, calls(6).onRanks(2))).containsExactly(2, 2, 0, 2);
    // Four ranks of one token use replicas 0 1 2 and 3 mod 3.
    assertThat(pairs(RouterRule.TENSORRT_LLM, calls(4).onRanks(4))).containsExactly(2, 1, 0, 1);
    assertThat(pairs(RouterRule.TENSORRT_LLM, calls(4).onRanks(1))).containsExactly(2, 1, 0, 1);
  }

  /**
   * The count is of the expert's calls, not of tokens: between two calls of expert 0 come calls of
   * expert 1, and still they use replicas 0 and 1.
   */
  @Test
  void tensorRtCountsCallsOfTheExpert() {
    var choice = new TensorRtChoice(1, 2, 3, 6);
    var sets = TokenSets.builder(2).add(new int[] {0, 1}, 1).build();
    var batches = TokenBatches.draw(sets, 3, 1, new SeededRandom(0));
    var callers = new int[6];
    choice.name(batches, 0, callers);
    assertThat(callers).containsExactly(0, 0, 1, 1, 2, 2);
  }

  /** Call 1,024 begins a new block: its count starts again, at 1. */
  @Test
  void tensorRtCountsInBlocks() {
    var batches = calls(1_030);
    var choice = new TensorRtChoice(1, 2, 1_030, 1_030);
    var callers = new int[1_030];
    choice.name(batches, 0, callers);
    assertThat(callers[1_023]).isEqualTo(1_023);
    assertThat(callers[1_024]).isEqualTo(1);
    assertThat(callers[1_029]).isEqualTo(6);
    assertThat(Arrays.stream(callers).max().orElseThrow()).isLessThan(choice.callers());
  }

  /** Ranks 0 to 3 use replicas 0 1 2 0, which lie on GPUs 0 1 3 0. */
  @Test
  void ascendUsesOneReplicaARank() {
    assertThat(gpus(new AscendChoice(4), 0)).containsExactly(0, 1, 3, 0);
    assertThat(gpus(new AscendChoice(4), 1)).containsExactly(2, 2, 2, 2);
    assertThat(pairs(RouterRule.VLLM_ASCEND, calls(8).onRanks(4))).containsExactly(4, 2, 0, 2);
  }

  /** Ranks 0, 1 and 3 have a replica of their own; rank 2 draws one of the three. */
  @Test
  void sglangPrefersTheRanksOwnReplica() {
    var gpus = gpus(new SglangStaticChoice(PLACEMENT.cluster(), 4, 42), 0);
    assertThat(gpus[0]).isEqualTo(0);
    assertThat(gpus[1]).isEqualTo(1);
    assertThat(gpus[2]).isIn(0, 1, 3);
    assertThat(gpus[3]).isEqualTo(3);
  }

  /** On nodes {0, 1} and {2, 3}: GPU 2 has no replica of 0, but its node has one, on GPU 3. */
  @Test
  void sglangPrefersItsNodeWhereThatNarrowsTheChoice() {
    var nodes = Placement.of(new Cluster(2, 4, 1), 2, new int[] {0, 0, 1, 0});
    assertThat(gpus(nodes, new SglangStaticChoice(nodes.cluster(), 4, 42), 0))
        .containsExactly(0, 1, 3, 3);
    // Both replicas on one node: for the other node nothing is near, so each is used once.
    var far = Placement.of(new Cluster(2, 4, 1), 3, new int[] {0, 0, 1, 2});
    var gpus = gpus(far, new SglangStaticChoice(far.cluster(), 4, 42), 0);
    assertThat(Arrays.copyOfRange(gpus, 2, 4)).containsExactlyInAnyOrder(0, 1);
  }

  /** Eight GPUs, two replicas: six ranks have none of their own and three of them use each. */
  @Test
  void sglangSharesTheOtherRanksFairly() {
    var cluster = new Cluster(8, 2);
    for (int seed = 0; seed < 50; seed++) {
      var random = new SeededRandom(seed);
      var placement = RandomProblems.placement(cluster, 10, random);
      var copies = placement.copies();
      for (int expert = 0; expert < 10; expert++) {
        var gpus = gpus(placement, new SglangStaticChoice(cluster, 8, seed), expert);
        var uses = new int[8];
        for (int rank = 0; rank < 8; rank++) {
          uses[gpus[rank]]++;
        }
        var used = Arrays.stream(uses).filter(n -> n > 0).toArray();
        assertThat(used).hasSize(copies[expert]);
        assertThat(Arrays.stream(used).max().orElseThrow())
            .isLessThanOrEqualTo(Arrays.stream(used).min().orElseThrow() + 1);
      }
    }
  }

  /** 3,000 draws among three replicas: a thousand each, within five standard deviations. */
  @Test
  void sglangDynamicIsUniform() {
    var pairs = pairs(RouterRule.SGLANG_DYNAMIC, calls(3_000));
    assertThat(pairs[2]).isZero();
    for (int gpu : new int[] {0, 1, 3}) {
      assertThat(pairs[gpu]).isBetween(870, 1_130);
    }
  }

  @Test
  void aRankMapIsFollowed() {
    var map = RankMap.of(PLACEMENT, 4, new int[] {3, 2, 3, 2, 0, 2, 1, 2});
    var load = new GpuLoad(4);
    RouterRule.create(PLACEMENT, map).route(calls(4).onRanks(4), 0, load);
    assertThat(IntStream.range(0, 4).map(load::pairs)).containsExactly(1, 1, 0, 2);
    assertThat(map.toString()).isEqualTo("0 to [3, 2], 1 to [3, 2], 2 to [0, 2], 3 to [1, 2]");
    assertThat(RankMap.first(PLACEMENT, 4).toArray()).containsExactly(0, 2, 0, 2, 0, 2, 0, 2);
  }

  @ParameterizedTest
  @EnumSource
  void aRouterAnswersTheSameWhenAskedAgain(RouterRule rule) {
    var random = new SeededRandom(3);
    var cluster = new Cluster(5, 3);
    var placement = RandomProblems.placement(cluster, 11, random);
    var tokens = RandomProblems.tokens(11, 3, 20, random);
    var drawn = TokenBatches.draw(tokens, 6, 30, random);
    var batches = rule.attention().place(drawn, 5);
    var router = rule.create(placement, 3);
    var first = new GpuLoad(5);
    var second = new GpuLoad(5);
    for (int step = 0; step < batches.size(); step++) {
      router.route(batches, step, first);
      rule.create(placement, 3).route(batches, step, second);
      for (int gpu = 0; gpu < 5; gpu++) {
        assertThat(first.copies(gpu)).isEqualTo(second.copies(gpu));
        assertThat(first.pairs(gpu)).isEqualTo(second.pairs(gpu));
      }
    }
  }

  private static int[] gpus(ReplicaChoice choice, int expert) {
    return gpus(PLACEMENT, choice, expert);
  }

  private static int[] gpus(Placement placement, ReplicaChoice choice, int expert) {
    var gpus = new int[choice.callers()];
    choice.choose(expert, ReplicaTable.of(placement), gpus);
    return gpus;
  }

  private static int[] pairs(RouterRule rule, TokenBatches batches) {
    var load = new GpuLoad(4);
    rule.create(PLACEMENT, 1).route(batches, 0, load);
    return IntStream.range(0, 4).map(load::pairs).toArray();
  }
}
