package coterie.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.simulate.LoopResults.Group;
import coterie.jobs.simulate.LoopResults.Line;
import coterie.planner.replay.Allocator;
import coterie.planner.replay.Interval;
import coterie.planner.replay.LoopPlan;
import coterie.planner.replay.RequestQueue;
import coterie.planner.replay.SignatureDistances;
import coterie.planner.routing.RouterRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SweepAnswersTest {

  /** Some layout: a step of {@code inFlight} tokens takes so many microseconds. */
  private static Line line(String name, int gpus, int inFlight, int slots, long micros) {
    var queue = new RequestQueue(new int[1], new int[] {1});
    var settings =
        new LoopPlan.Settings(
            inFlight, 1, Allocator.ROUND_ROBIN, SignatureDistances.NONE, 512, 0, 1, 1);
    var priced = new PricedLayer(1, 0);
    priced.stepNanos[0] = 1_000 * micros;
    var scenario = new LoopScenario(0, 0, RouterRule.EXACT, 0, inFlight, Allocator.ROUND_ROBIN);
    var outcome = LoopOutcome.of(scenario, queue, LoopPlan.closed(queue, settings), priced);
    boolean eplb = name.equals("eplb");
    var saved = Interval.saved((double) micros, new double[0], 100, new double[0]);
    return new Line(
        new Group(RouterRule.EXACT, 0, inFlight, "round-robin", gpus, 1),
        new Contender(name, "p", gpus, slots, 1, Map.of()),
        outcome,
        Interval.of(micros / 1e6, new double[0]),
        eplb ? Optional.empty() : Optional.of(saved),
        Optional.empty());
  }

  /** One token in 100 us on 8 GPUs is 1,250 tokens/s a GPU. */
  private static final Line ALONE = line("eplb", 8, 1, 4, 100);

  private static final Line FASTER = line("ours", 8, 1, 5, 80);
  private static final Line MANY = line("ours", 8, 16, 5, 400);
  private static final Line WORSE = line("eplb", 8, 16, 4, 410);
  private static final List<Line> ALL = List.of(ALONE, WORSE, MANY, FASTER);

  @Test
  void theFrontHoldsWhatNothingBeats() {
    assertThat(SweepAnswers.perGpu(ALONE)).isEqualTo(1_250);
    assertThat(SweepAnswers.front(ALL)).containsExactly(FASTER, MANY);
  }

  @Test
  void theBestWithinALatency() {
    assertThat(SweepAnswers.best(ALL, 0.000_4)).contains(MANY);
    assertThat(SweepAnswers.best(ALL, 0.000_399)).contains(FASTER);
    assertThat(SweepAnswers.best(ALL, 0.000_079)).isEmpty();
    assertThat(SweepAnswers.fastest(ALL)).isEqualTo(FASTER);
  }

  /** Savings of 10, 20 and 21 %: one spare slot brings 95.2 % of what two bring. */
  @Test
  void theCheapestBudgetThatIsEnough() {
    var two = line("ours +2", 8, 1, 6, 800);
    var lines =
        List.of(
            line("eplb", 8, 1, 4, 1_000),
            line("ours", 8, 1, 4, 90),
            line("ours +1", 8, 1, 5, 80),
            line("ours +2", 8, 1, 6, 79));
    var budget = SweepAnswers.budgets(lines).get(0);
    assertThat(budget.largest().contender().name()).isEqualTo("ours +2");
    assertThat(budget.cheapest().orElseThrow().contender().name()).isEqualTo("ours +1");
    assertThat(SweepAnswers.budgets(List.of(two)).get(0).cheapest()).isEmpty();
  }
}
