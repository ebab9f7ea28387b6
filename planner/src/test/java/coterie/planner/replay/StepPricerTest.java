package coterie.planner.replay;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.profile.StepProfile;
import coterie.planner.routing.GpuLoad;
import coterie.planner.routing.RouterRule;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each switch of the step model by itself, worked out by hand on the toy of {@link Toy}. */
class StepPricerTest {

  /**
   * Tokens 0 and 2 start on GPU 0, tokens 1 and 3 on GPU 1. vLLM's rule sends the first token of a
   * rank to replica 0 of expert 0, on GPU 0, and the second to replica 1, on GPU 1. Rows: GPU 0 has
   * 2 of expert 0 and 3 of expert 1, GPU 1 has 1 of 0 and 2 of 2.
   *
   * <ul>
   *   <li>Attention, 2 tokens a GPU: 10 + sqrt(3^2 + 4^2) + 2 = 17 us.
   *   <li>Dispatch: GPU 0 keeps 3 copies, sends 1 and receives 2; GPU 1 keeps 2, sends 2 and
   *       receives 1. The most is 5: 2 + 5 = 7 us.
   *   <li>Experts: GPU 0 reads 2 copies, 30 us, and computes 2 + 4 padded rows, 36 us: 5 + 36. GPU
   *       1 computes 2 + 2 rows, 24 us, below its 30: 5 + 30. So 35 for weights, 6 for computing.
   *   <li>Combine: 2 + 5 * 2 = 12 us.
   * </ul>
   */
  @Test
  void handWorkedExample() {
    var time = price(Toy.PROFILE, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(causes(time))
        .isEqualTo(
            Map.of(
                Cause.ATTENTION, 17_000L,
                Cause.DISPATCH, 7_000L,
                Cause.MOE_WEIGHTS, 35_000L,
                Cause.MOE_COMPUTE, 6_000L,
                Cause.COMBINE, 12_000L));
    assertThat(time.totalNanos()).isEqualTo(77_000);
    assertThat(time.gpuNanos(1, Cause.MOE_WEIGHTS)).isEqualTo(35_000);
    assertThat(time.gpuNanos(1, Cause.MOE_COMPUTE)).isZero();
    assertThat(time.mostCopies()).isEqualTo(2);
    assertThat(time.rows(0)).isEqualTo(5);
    assertThat(time.distinctExperts()).isEqualTo(3);
    assertThat(time.tokens()).isEqualTo(4);
    // 5 copies stay, 3 cross NVLink, of 100 bytes there and 200 back.
    assertThat(time.bytes(LinkClass.SAME_GPU)).isEqualTo(1_500);
    assertThat(time.bytes(LinkClass.NVLINK)).isEqualTo(900);
    assertThat(time.bytes(LinkClass.NETWORK)).isZero();
  }

  /** Without padding GPU 0 computes 5 rows, 30 us, as long as its weights take. */
  @Test
  void tilePadding() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withoutTilePadding(), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.moeNanos()).isEqualTo(35_000);
    assertThat(time.totalNanos()).isEqualTo(71_000);
  }

  /**
   * Every GPU has all four tokens and half of each head: 10 + sqrt(1.5^2 + 4^2) + 2 us, and an
   * all-reduce of 4 * 200 bytes: 3 + 8 us. No dispatch; another all-reduce combines.
   */
  @Test
  void tensorParallelAttention() {
    var time = price(Toy.PROFILE, Toy.TENSOR_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    long attention = StepProfile.nanos(10e-6 + 1e-6 * Math.hypot(1.5, 4) + 2e-6 + 11e-6);
    assertThat(causes(time))
        .isEqualTo(
            Map.of(
                Cause.ATTENTION, attention,
                Cause.MOE_WEIGHTS, 35_000L,
                Cause.MOE_COMPUTE, 6_000L,
                Cause.COMBINE, 11_000L));
    // Twice, 2 GPUs send 800 bytes each.
    assertThat(time.bytes(LinkClass.NVLINK)).isEqualTo(3_200);
  }

  /**
   * Three experts, half of each on either GPU: 22.5 us to read. Rows 3, 3 and 2 are padded to 10, 3
   * us each: 30 us. Each product by itself: up 15 and 20, down 7.5 and 10.
   */
  @Test
  void tensorShardsReadTheirShareOfEveryExpert() {
    var time =
        price(Toy.PROFILE, Toy.TENSOR_PARALLEL.withTensorShards(2), Toy.ONE_HOST, Toy.FOUR_TOKENS);
    assertThat(time.gpus()).isEqualTo(2);
    assertThat(time.nanos(Cause.MOE_WEIGHTS)).isEqualTo(27_500);
    assertThat(time.nanos(Cause.MOE_COMPUTE)).isEqualTo(7_500);
    assertThat(time.copies(0)).isEqualTo(3);
    assertThat(time.copies(1)).isEqualTo(3);
    assertThat(time.nanos(Cause.COMBINE)).isEqualTo(11_000);
  }

  /** 50 columns in 4 shards are 12.5 each, padded to three blocks of 5: 15 of 50, 4.5 us a copy. */
  @Test
  void narrowShardsArePadded() {
    var time =
        price(Toy.PROFILE, Toy.TENSOR_PARALLEL.withTensorShards(4), Toy.ONE_HOST, Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.MOE_WEIGHTS)).isEqualTo(5_000 + 3 * 4_500);
  }

  /**
   * Two hosts of two GPUs, data-parallel attention: token i on GPU i, each the first of its rank. A
   * token goes once to both GPUs of each host that it calls: tokens 0 and 1 need host 0, tokens 2
   * and 3 both, 12 copies. Host 0 has 3 rows of experts 0 and 1 each, padded to 8.
   */
  @Test
  void tensorShardsWithinExpertParallelHosts() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withTensorShards(2), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.gpus()).isEqualTo(4);
    // Weights 2 copies of 7.5 us; computing 8 padded rows of 3 us.
    assertThat(time.nanos(Cause.MOE_WEIGHTS)).isEqualTo(20_000);
    assertThat(time.nanos(Cause.MOE_COMPUTE)).isEqualTo(9_000);
    // NVLink joins two GPUs: tokens 2 and 3 cross to host 0 once each and are handed on there.
    long copies = 12;
    assertThat(
            time.bytes(LinkClass.SAME_GPU)
                + time.bytes(LinkClass.NVLINK)
                + time.bytes(LinkClass.NETWORK))
        .isEqualTo(copies * 300);
    assertThat(time.bytes(LinkClass.NETWORK)).isEqualTo(2 * 300);
  }

  /**
   * Once to each GPU: tokens 0 and 1 need GPU 0, token 2 both, token 3 GPU 1. GPU 0 keeps 2 and
   * sends 1, and receives 1 of GPU 1, which keeps 1: 2 + 3 and 2 + 6 us.
   */
  @Test
  void normalModeSendsATokenOnceToAGpu() {
    var time = price(Toy.NORMAL, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.DISPATCH)).isEqualTo(5_000);
    assertThat(time.nanos(Cause.COMBINE)).isEqualTo(8_000);
    assertThat(time.bytes(LinkClass.SAME_GPU)).isEqualTo(3 * 300);
    assertThat(time.bytes(LinkClass.NVLINK)).isEqualTo(2 * 300);
  }

  /**
   * A shared expert beside takes a launch of 9 us and 15 us for 2 rows, 24 us on either GPU.
   * Dispatch hides 7.
   */
  @Test
  void sharedExpertBeside() {
    var layer = new LayerShape(Toy.LAYER.expert(), 3, 1);
    var time = price(Toy.PROFILE, layer, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.SHARED_EXPERTS)).isEqualTo(24_000);
    assertThat(time.nanos(Cause.OVERLAP)).isEqualTo(-7_000);
    assertThat(time.totalNanos()).isEqualTo(77_000 + 17_000);
    assertThat(time.mostCopies()).isEqualTo(2);
  }

  /** Fused, every GPU reads one copy more, 45 us, and computes 2 rows more: GPU 0 then 8, 48 us. */
  @Test
  void sharedExpertFused() {
    var layer = new LayerShape(Toy.LAYER.expert(), 3, 1);
    var time =
        price(
            Toy.PROFILE,
            layer,
            Toy.DATA_PARALLEL.withSharedExperts(SharedExperts.FUSED),
            Toy.PLACEMENT,
            Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.SHARED_EXPERTS)).isZero();
    assertThat(time.nanos(Cause.MOE_WEIGHTS)).isEqualTo(50_000);
    assertThat(time.nanos(Cause.MOE_COMPUTE)).isEqualTo(3_000);
    assertThat(time.copies(1)).isEqualTo(3);
    assertThat(time.rows(0)).isEqualTo(7);
  }

  /**
   * Halves: tokens 0 and 1, tokens 2 and 3, each the first of its rank in its half and so at
   * replica 0. Front: GPU 0 runs experts 0 and 1, 2 rows each, 5 + 30. Back: GPU 0 runs 0 and 1, a
   * row each, 5 + 30; GPU 1 runs 2. Attention, 1 token each: 10 + sqrt(9 + 4) + 1, twice.
   * Communication: GPU 0 receives 4 copies of the front, then 2: 6 + 10 and 4 + 6.
   */
  @Test
  void twoBatchOverlapReadsWeightsTwiceAndHidesCommunication() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withTwoBatchOverlap(), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    long attention = 2 * StepProfile.nanos(11e-6 + 1e-6 * Math.hypot(3, 2));
    assertThat(time.nanos(Cause.ATTENTION)).isEqualTo(attention);
    assertThat(time.moeNanos()).isEqualTo(70_000);
    assertThat(time.copies(0)).isEqualTo(4);
    assertThat(time.copies(1)).isEqualTo(1);
    long communication = time.nanos(Cause.DISPATCH) + time.nanos(Cause.COMBINE);
    assertThat(communication).isEqualTo(6_000 + 10_000 + 4_000 + 6_000);
    assertThat(time.nanos(Cause.OVERLAP)).isEqualTo(-communication);
    assertThat(time.totalNanos()).isEqualTo(attention + 70_000);
  }

  /** Two decode tokens and a chunk of two: one context less is read, 17 us become 16.5. */
  @Test
  void prefillTokensReadOneContextTogether() {
    var time = price(Toy.PROFILE, Toy.DATA_PARALLEL.withPrefill(2), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    // On each GPU one decode token and one of the chunk: 1 + 1 contexts. Alone: 4 of a chunk.
    assertThat(time.nanos(Cause.ATTENTION)).isEqualTo(17_000);
    var chunk =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withPrefill(4), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(chunk.nanos(Cause.ATTENTION)).isEqualTo(16_000);
  }

  /** GPUs and objective agree to the nanosecond where both model the same: kernels alone. */
  @Test
  void agreesWithTheRooflineThatPlansAreMadeWith() {
    var hardware = new HardwareProfile("toy", 5e-6, 1e9, 5e9, 1e10);
    for (int seed = 0; seed < 50; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, 2, 30, random);
      var shape = new ExpertShape(100, 50, 2);
      var batches = TokenBatches.draw(tokens, 6, 20, random);
      var layer = new LayerShape(shape, experts, 0);
      var pricer =
          new StepPricer(
              Toy.PROFILE,
              layer,
              Toy.DATA_PARALLEL.withoutTilePadding(),
              placement,
              RouterRule.EXACT);
      var summary = StepReplay.price(pricer, batches);
      var searched =
          LayerReplay.price(placement, RouterRule.EXACT, new MoeTime(hardware, shape), batches);
      assertThat(summary.meanMostCopies()).isEqualTo(searched.meanExperts());
      assertThat(Math.round(summary.meanMoeNanos()))
          .isEqualTo(Math.round(searched.meanSeconds() * 1e9));
    }
  }

  @ParameterizedTest
  @EnumSource
  void assignedCallsAreTheLoadThatIsRouted(RouterRule rule) {
    for (int seed = 0; seed < 30; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var batches = TokenBatches.draw(RandomProblems.tokens(experts, 2, 30, random), 7, 10, random);
      var switches = StepSwitches.decode(rule.attention(), 0);
      var router = rule.create(placement, 2);
      var layer = new LayerShape(Toy.LAYER.expert(), experts, 0);
      var pricer = new StepPricer(Toy.PROFILE, layer, switches, cluster.gpus(), router);
      var placed = pricer.place(batches);
      var load = new GpuLoad(cluster.gpus());
      var time = pricer.newTime();
      for (int step = 0; step < placed.size(); step++) {
        router.route(placed, step, load);
        pricer.price(placed, step, time);
        for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
          assertThat(time.copies(gpu)).isEqualTo(load.copies(gpu));
          assertThat(time.rows(gpu)).isEqualTo(load.pairs(gpu));
        }
      }
    }
  }

  /** 1 GPU sends nothing anywhere. */
  @Test
  void oneGpuDoesNotCommunicate() {
    var sets = TokenSets.builder(1).add(new int[] {0}, 1).build();
    var time =
        price(
            Toy.PROFILE,
            new LayerShape(Toy.LAYER.expert(), 1, 0),
            Toy.DATA_PARALLEL,
            Placement.of(new Cluster(1, 1), 1, new int[] {0}),
            TokenBatches.of(sets, 1, new int[] {0}));
    assertThat(time.nanos(Cause.DISPATCH)).isZero();
    assertThat(time.nanos(Cause.COMBINE)).isZero();
  }

  private static StepTime price(
      StepProfile profile, StepSwitches switches, Placement placement, TokenBatches batches) {
    return price(profile, Toy.LAYER, switches, placement, batches);
  }

  private static StepTime price(
      StepProfile profile,
      LayerShape layer,
      StepSwitches switches,
      Placement placement,
      TokenBatches batches) {
    var pricer = new StepPricer(profile, layer, switches, placement, RouterRule.VLLM);
    var time = pricer.newTime();
    pricer.price(pricer.place(batches), 0, time);
    return time;
  }

  /** The causes that take any time. */
  private static Map<Cause, Long> causes(StepTime time) {
    var causes = new TreeMap<Cause, Long>();
    for (var cause : Cause.values()) {
      if (time.nanos(cause) != 0) {
        causes.put(cause, time.nanos(cause));
      }
    }
    return causes;
  }
}
