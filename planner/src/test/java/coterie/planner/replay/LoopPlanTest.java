package coterie.planner.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.SeededRandom;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopPlanTest {

  private static final RequestQueue QUEUE =
      new RequestQueue(new int[24], IntStream.range(0, 24).map(i -> 5 + i % 4).toArray());

  private static LoopPlan.Settings settings(int inFlight, int groups, Allocator allocator) {
    return new LoopPlan.Settings(
        inFlight, groups, allocator, SignatureDistances.NONE, 512, 6, 10, 1);
  }

  @Test
  void groupsShareTheFlightAndServeEveryRequestOnce() {
    for (var allocator : Allocator.values()) {
      var plan = LoopPlan.closed(QUEUE, settings(4, 2, allocator));
      assertThat(plan.schedules()).hasSize(2);
      assertThat(plan.schedules().stream().flatMap(s -> s.stays().stream()))
          .extracting(LoopSchedule.Stay::request)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 24).boxed().toList());
      assertThat(IntStream.range(0, plan.steps().size()).map(plan.steps()::tokens)).containsOnly(2);
    }
  }

  @Test
  void replicatesAreOfHalfTheRequestsAndKnowTheirSteps() {
    var plan = LoopPlan.closed(QUEUE, settings(2, 1, Allocator.ROUND_ROBIN));
    assertThat(plan.replicates()).isEqualTo(6);
    assertThat(plan.replicateSteps().size()).isEqualTo(60);
    assertThat(IntStream.range(0, 60).map(plan::replicateOf))
        .containsExactly(IntStream.range(0, 60).map(i -> i / 10).boxed().toArray(Integer[]::new));
    var sums = IntStream.range(0, 6).mapToLong(i -> 20L * (i + 1)).toArray();
    assertThat(plan.replicateMeans(sums)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void tokensAreDrawnFromWhatRequestsDecode() {
    var queue = new RequestQueue(new int[] {3, 0, 2}, new int[] {0, 2, 4});
    var plan = LoopPlan.tokens(queue, settings(8, 1, Allocator.ROUND_ROBIN), 500);
    var seen =
        IntStream.range(0, 500)
            .flatMap(step -> IntStream.range(0, 8).map(i -> plan.steps().token(step, i)))
            .distinct()
            .sorted();
    // Tokens 0 to 2 and 5 to 6 are prompts.
    assertThat(seen).containsExactly(3, 4, 7, 8, 9, 10);
    assertThat(plan.schedules()).isEmpty();
  }

  @Test
  void leastLoadedCountsTokens() {
    var queue = new RequestQueue(new int[4], new int[] {5, 1, 1, 1});
    assertThat(Allocator.LEAST_LOADED.allocate(queue, queue.inOrder(), 2, SignatureDistances.NONE))
        .containsExactly(0, 1, 1, 1);
  }

  /** Requests 0 and 1 are both nearest to group 0; the nearer one has it, each group gets one. */
  @Test
  void signaturesAreBalanced() {
    var queue = new RequestQueue(new int[2], new int[] {1, 1});
    var distances = new SignatureDistances(2, new double[] {0.2, 0.9, 0.1, 0.5});
    assertThat(Allocator.SIGNATURE.allocate(queue, queue.inOrder(), 2, distances))
        .containsExactly(1, 0);
    var many = new RequestQueue(new int[64], IntStream.generate(() -> 1).limit(64).toArray());
    var allFirst = IntStream.range(0, 256).mapToDouble(i -> i % 4).toArray();
    var groups =
        Allocator.SIGNATURE.allocate(many, many.inOrder(), 4, new SignatureDistances(4, allFirst));
    assertThat(
            IntStream.range(0, 4).mapToLong(g -> Arrays.stream(groups).filter(i -> i == g).count()))
        .containsOnly(16L);
  }

  /** Means over halves scatter as means over fresh samples do. */
  @Test
  void halvesScatterAsTheSampleDoes() {
    var random = new SeededRandom(5);
    int requests = 200;
    var values = IntStream.range(0, requests).mapToDouble(i -> random.nextDouble()).toArray();
    var means =
        IntStream.range(0, 2_000)
            .mapToDouble(
                i ->
                    Arrays.stream(HalfSamples.draw(requests, 1, i))
                        .mapToDouble(r -> values[r])
                        .average()
                        .orElseThrow())
            .toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double expected = 1.96 * Math.sqrt(variance(values) / requests);
    var interval = Interval.of(mean, means);
    assertThat(interval.half()).isCloseTo(expected, within(0.1 * expected));
    assertThat(interval.low()).isLessThan(mean);
    assertThat(interval.high()).isGreaterThan(mean);
  }

  private static double variance(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
  }

  @Test
  void savingsArePaired() {
    var saved = Interval.saved(90, new double[] {45, 90, 180}, 100, new double[] {50, 100, 200});
    assertThat(saved.value()).isCloseTo(0.1, within(1e-12));
    assertThat(saved.half()).isCloseTo(0, within(1e-12));
  }
}
