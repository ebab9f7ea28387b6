package coterie.planner.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.RouterRule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Replays of the toy layer: three experts, two GPUs, four tokens of three requests. */
class LoopReplayTest {

  /** Request 0 calls {0, 1} then {1, 2}, request 1 {0, 1}, request 2 {0, 2}. */
  private static final TokenSets TOKENS =
      TokenSets.builder(3)
          .add(new int[] {0, 1}, 1)
          .add(new int[] {1, 2}, 1)
          .add(new int[] {0, 1}, 1)
          .add(new int[] {0, 2}, 1)
          .build();

  private static final RequestQueue QUEUE =
      new RequestQueue(new int[] {0, 0, 0}, new int[] {2, 1, 1});

  private static StepPricer pricer(RouterRule rule) {
    return new StepPricer(Toy.PROFILE, Toy.LAYER, Toy.TENSOR_PARALLEL, Toy.PLACEMENT, rule);
  }

  private static long[] nanos(StepPricer pricer, StepList steps) {
    var nanos = new long[steps.size()];
    new SizedSteps(TOKENS, steps).price(pricer, (step, time) -> nanos[step] = time.totalNanos());
    return nanos;
  }

  /**
   * Attention of two tokens on halves of the heads: 10 + sqrt(1.5² + 2²) + 1 us, and an all-reduce
   * of 400 bytes: 3 + 4 us; the same all-reduce behind the experts. Step 0 calls experts 0 and 1:
   * one copy a GPU, 5 + 15 us. Step 1 calls all three: two copies on one GPU, 5 + 30 us.
   */
  @Test
  void aClosedLoopByHand() {
    var schedule = LoopSchedule.closed(QUEUE, QUEUE.inOrder(), 2, 512);
    var nanos = nanos(pricer(RouterRule.EXACT), schedule.steps());
    assertThat(nanos).containsExactly(47_500, 62_500);
    var times = new RequestTimes();
    times.add(QUEUE, schedule, nanos, 0);
    assertThat(times.latencyNanos(1)).isEqualTo(110_000);
    assertThat(times.latencyNanos(0.5)).isEqualTo(62_500);
    assertThat(times.latencyNanos(0.3)).isEqualTo(47_500);
    assertThat(times.perTokenNanos(0.5)).isEqualTo(55_000);
    assertThat(times.hasFirstTokens()).isFalse();
  }

  @Test
  void aPromptsTimeIsTheFirstTokens() {
    var queue = new RequestQueue(new int[] {1, 0}, new int[] {1, 2});
    var schedule = LoopSchedule.closed(queue, new int[] {0, 1}, 2, 512);
    var times = new RequestTimes();
    times.add(queue, schedule, new long[] {10, 7, 5}, 0);
    assertThat(times.firstTokenNanos(0.5)).isEqualTo(10);
    assertThat(times.latencyNanos(0.5)).isEqualTo(17);
    assertThat(times.perTokenNanos(0.5)).isEqualTo(7);
  }

  /** Sorted by size or one by one, with prompts or without: the same times. */
  @Test
  void sizedStepsArePricedAsTheyAre() {
    var queue = new RequestQueue(new int[] {3, 0, 5, 2}, new int[] {2, 3, 4, 1});
    var random = new SeededRandom(3);
    var builder = TokenSets.builder(3);
    for (int token = 0; token < queue.totalTokens(); token++) {
      int first = random.nextInt(2);
      builder.add(new int[] {first, first + 1 + random.nextInt(2 - first)}, 1);
    }
    var sets = builder.build();
    var steps = LoopSchedule.closed(queue, queue.inOrder(), 3, 2).steps();
    var pricer = pricer(RouterRule.EXACT);
    var nanos = new long[steps.size()];
    new SizedSteps(sets, steps).price(pricer, (step, time) -> nanos[step] = time.totalNanos());
    var time = pricer.newTime();
    for (int step = 0; step < steps.size(); step++) {
      int own = step;
      var picks = IntStream.range(0, steps.tokens(step)).map(i -> steps.token(own, i)).toArray();
      pricer.price(TokenBatches.of(sets, picks.length, picks), 0, steps.prefill(step), time);
      assertThat(nanos[step]).isEqualTo(time.totalNanos());
    }
    var stack = new LayerStack(List.of(sets), List.of(pricer(RouterRule.EXACT)));
    assertThat(IntStream.range(0, steps.size()).mapToLong(step -> stack.nanos(steps, step)))
        .containsExactly(Arrays.stream(nanos).boxed().toArray(Long[]::new));
  }

  /**
   * Steps of 10 ns a token. Request 0 comes at 0, request 1 at 5, request 2 at 100. Step 0 [0, 10)
   * runs token 0 alone, step 1 [10, 30) tokens 1 and 2, then nobody is there until 100.
   */
  @Test
  void anOpenLoopByHand() {
    var loop = new OpenLoop();
    loop.run(
        QUEUE,
        QUEUE.inOrder(),
        new long[] {0, 5, 100},
        8,
        512,
        (steps, step) -> 10L * steps.tokens(step));
    assertThat(loop.steps()).isEqualTo(3);
    assertThat(loop.tokens()).isEqualTo(4);
    assertThat(loop.endNanos()).isEqualTo(110);
    assertThat(loop.meanNanos()).isEqualTo((10 + 20 + 20 + 10) / 4.0);
    assertThat(loop.times().latencyNanos(1)).isEqualTo(30);
    assertThat(loop.times().latencyNanos(0.5)).isEqualTo(25);
    assertThat(loop.times().latencyNanos(0.3)).isEqualTo(10);
    assertThat(loop.times().perTokenNanos(1)).isEqualTo(20);
  }

  /** With room for one, request 1 waits for request 0. */
  @Test
  void aFullFlightMakesRequestsWait() {
    var loop = new OpenLoop();
    loop.run(QUEUE, QUEUE.inOrder(), new long[] {0, 0, 0}, 1, 512, (steps, step) -> 10);
    assertThat(loop.times().latencyNanos(0.3)).isEqualTo(20);
    assertThat(loop.times().latencyNanos(0.5)).isEqualTo(30);
    assertThat(loop.times().latencyNanos(1)).isEqualTo(40);
  }

  @Test
  void arrivalsKeepTheirMeanRateAndTheirSeed() {
    var arrivals = OpenLoop.poisson(20_000, 50, 1);
    assertThat(arrivals[19_999] / 1e9).isCloseTo(400, within(12.0));
    assertThat(arrivals).isSorted().isEqualTo(OpenLoop.poisson(20_000, 50, 1));
    assertThat(arrivals).isNotEqualTo(OpenLoop.poisson(20_000, 50, 2));
  }

  @Test
  void totalsAddUpInAnyOrder() {
    var schedule = LoopSchedule.closed(QUEUE, QUEUE.inOrder(), 2, 512);
    var all = new LoopTotals();
    new SizedSteps(TOKENS, schedule.steps())
        .price(pricer(RouterRule.EXACT), (step, time) -> all.add(time));
    assertThat(all.layerSteps()).isEqualTo(2);
    assertThat(all.meanDistinctExperts()).isEqualTo(2.5);
    assertThat(all.meanMostCopies()).isEqualTo(1.5);
    assertThat(all.meanCertificate()).isEqualTo(1.5);
    assertThat(all.meanMoeNanos()).isEqualTo((20_000 + 35_000) / 2.0);
    var twice = new LoopTotals();
    twice.add(all);
    twice.add(all);
    assertThat(twice.meanMoeNanos()).isEqualTo(all.meanMoeNanos());
    assertThat(twice.imbalance()).isEqualTo(all.imbalance());
    assertThat(twice.layerSteps()).isEqualTo(4);
  }
}
