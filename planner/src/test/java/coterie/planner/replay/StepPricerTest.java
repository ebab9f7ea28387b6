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
import coterie.planner.routing.RouterRule;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each switch of the step model by itself, worked out by hand on the toy of {@link Toy}. */
class StepPricerTest {

  /**
   * vLLM's rule sends tokens 0 and 2 to replica 0 of expert 0, on GPU 0, tokens 1 and 3 to replica
   * 1, on GPU 1. Rows: GPU 0 has 1 of expert 0 and 3 of expert 1, GPU 1 has 2 of 0 and 2 of 2.
   *
   * <ul>
   *   <li>Attention, 2 tokens a GPU: 10 + sqrt(3^2 + 4^2) + 2 = 17 us.
   *   <li>Dispatch: each GPU sends 3 copies to itself and 1 away and receives as many: 2 + 4 = 6.
   *   <li>Experts: GPU 0 reads 2 copies, 30 us, and computes 2 + 4 padded rows, 36 us: 5 + 36. GPU
   *       1 computes 2 + 2 rows, 24 us, below its 30: 5 + 30. So 35 for weights, 6 for computing.
   *   <li>Combine: 2 + 4 * 2 = 10 us.
   * </ul>
   */
  @Test
  void handWorkedExample() {
    var time = price(Toy.PROFILE, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(causes(time))
        .isEqualTo(
            Map.of(
                Cause.ATTENTION, 17_000L,
                Cause.DISPATCH, 6_000L,
                Cause.MOE_WEIGHTS, 35_000L,
                Cause.MOE_COMPUTE, 6_000L,
                Cause.COMBINE, 10_000L));
    assertThat(time.totalNanos()).isEqualTo(74_000);
    assertThat(time.gpuNanos(1, Cause.MOE_WEIGHTS)).isEqualTo(35_000);
    assertThat(time.gpuNanos(1, Cause.MOE_COMPUTE)).isZero();
    assertThat(time.mostCopies()).isEqualTo(2);
    assertThat(time.rows(0)).isEqualTo(4);
    assertThat(time.distinctExperts()).isEqualTo(3);
    assertThat(time.tokens()).isEqualTo(4);
    // 6 copies stay, 2 cross NVLink, of 100 bytes there and 200 back.
    assertThat(time.bytes(LinkClass.SAME_GPU)).isEqualTo(1_800);
    assertThat(time.bytes(LinkClass.NVLINK)).isEqualTo(600);
    assertThat(time.bytes(LinkClass.NETWORK)).isZero();
  }

  /** Without padding GPU 0 computes 4 rows, 24 us, below the 30 that its weights take. */
  @Test
  void tilePadding() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withoutTilePadding(), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.moeNanos()).isEqualTo(35_000);
    assertThat(time.totalNanos()).isEqualTo(68_000);
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

  /**
   * Two hosts of two GPUs, data-parallel attention: token i on GPU i. Each call goes to both GPUs
   * of its host: host 0 has 4 calls and host 1 has 4, so each GPU receives 4 copies and sends 4.
   */
  @Test
  void tensorShardsWithinExpertParallelHosts() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withTensorShards(2), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.gpus()).isEqualTo(4);
    // Weights 2 copies of 7.5 us; computing 6 padded rows of 3 us on host 0.
    assertThat(time.nanos(Cause.MOE_WEIGHTS)).isEqualTo(20_000);
    assertThat(time.nanos(Cause.MOE_COMPUTE)).isEqualTo(3_000);
    // NVLink joins two GPUs. Token 1 on GPU 1 calls host 1 (GPUs 2 and 3) once and host 0 once.
    long copies = 16;
    assertThat(
            time.bytes(LinkClass.SAME_GPU)
                + time.bytes(LinkClass.NVLINK)
                + time.bytes(LinkClass.NETWORK))
        .isEqualTo(copies * 300);
    assertThat(time.bytes(LinkClass.NETWORK)).isPositive();
  }

  /**
   * Once to each GPU: tokens 0 and 1 need GPUs {0} and {0, 1}, tokens 2 and 3 need {0, 1} and {1}.
   * Sent: GPU 0 twice to itself, once away; GPU 1 the same. 2 + 3 and 2 + 6 us.
   */
  @Test
  void normalModeSendsATokenOnceToAGpu() {
    var time = price(Toy.NORMAL, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.DISPATCH)).isEqualTo(5_000);
    assertThat(time.nanos(Cause.COMBINE)).isEqualTo(8_000);
    assertThat(time.bytes(LinkClass.SAME_GPU)).isEqualTo(4 * 300);
    assertThat(time.bytes(LinkClass.NVLINK)).isEqualTo(2 * 300);
  }

  /**
   * A shared expert beside takes 5 us and 15 us for 2 rows, 20 us on either GPU. Dispatch hides 6.
   */
  @Test
  void sharedExpertBeside() {
    var layer = new LayerShape(Toy.LAYER.expert(), 3, 1);
    var time = price(Toy.PROFILE, layer, Toy.DATA_PARALLEL, Toy.PLACEMENT, Toy.FOUR_TOKENS);
    assertThat(time.nanos(Cause.SHARED_EXPERTS)).isEqualTo(20_000);
    assertThat(time.nanos(Cause.OVERLAP)).isEqualTo(-6_000);
    assertThat(time.totalNanos()).isEqualTo(74_000 + 14_000);
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
    assertThat(time.rows(0)).isEqualTo(6);
  }

  /**
   * Halves: tokens 0 and 1, tokens 2 and 3. vLLM's rule counts each half from 0. Front: token 0
   * runs 0 and 1 on GPU 0, token 1 runs 0 on GPU 1 and 1 on GPU 0: GPU 0 has 2 copies and 2 + 2
   * padded rows, 5 + 30; back: token 2 runs 1 on GPU 0 and 2 on GPU 1, token 3 runs both on GPU 1:
   * GPU 1 has 2 copies, 5 + 30. Attention 1 token each: 10 + sqrt(9 + 4) + 1, twice.
   */
  @Test
  void twoBatchOverlapReadsWeightsTwiceAndHidesCommunication() {
    var time =
        price(Toy.PROFILE, Toy.DATA_PARALLEL.withTwoBatchOverlap(), Toy.PLACEMENT, Toy.FOUR_TOKENS);
    long attention = 2 * StepProfile.nanos(11e-6 + 1e-6 * Math.hypot(3, 2));
    assertThat(time.nanos(Cause.ATTENTION)).isEqualTo(attention);
    assertThat(time.moeNanos()).isEqualTo(70_000);
    assertThat(time.copies(0)).isEqualTo(3);
    assertThat(time.copies(1)).isEqualTo(3);
    // Front sends 2 + 1 copies from its GPUs and back as many: GPU 0 receives 3 of the front.
    long communication = time.nanos(Cause.DISPATCH) + time.nanos(Cause.COMBINE);
    assertThat(communication).isEqualTo(5_000 + 8_000 + 5_000 + 8_000);
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
      var free = new MoeTime(new HardwareProfile("f", 0, 1, 1e30, 1e30), new ExpertShape(1, 1, 1));
      var routed = LayerReplay.price(placement, rule, free, batches);
      var pricer =
          new StepPricer(
              Toy.PROFILE,
              new LayerShape(Toy.LAYER.expert(), experts, 0),
              Toy.TENSOR_PARALLEL,
              placement,
              rule);
      assertThat(StepReplay.price(pricer, batches).meanMostCopies())
          .isEqualTo(routed.meanExperts());
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
    pricer.price(batches, 0, time);
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
