package coterie.planner.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.RequestTokens;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.RouterRule;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StepDrawTest {

  /** Requests of 2, 4 and 3 tokens; token i calls expert i. */
  private static final RequestTokens TOKENS = new RequestTokens(tokens(9), new int[] {0, 2, 6, 9});

  private static TokenSets tokens(int count) {
    var builder = TokenSets.builder(count);
    for (int token = 0; token < count; token++) {
      builder.add(new int[] {token}, 1);
    }
    return builder.build();
  }

  private final StepDraw draw = new StepDraw(TOKENS, new SeededRandom(5));

  /** Runs of three begin at tokens 2 and 3 of the second request and at the third's first. */
  @Test
  void speculativeTokensFollowOneAnother() {
    var steps = draw.speculative(2, 3, 300);
    assertThat(steps.batch()).isEqualTo(6);
    var seen = new TreeSet<Integer>();
    for (int step = 0; step < steps.size(); step++) {
      for (int request = 0; request < 2; request++) {
        int first = steps.set(step, 3 * request);
        seen.add(first);
        assertThat(steps.set(step, 3 * request + 1)).isEqualTo(first + 1);
        assertThat(steps.set(step, 3 * request + 2)).isEqualTo(first + 2);
      }
    }
    assertThat(seen).containsExactly(2, 3, 6);
    assertThatThrownBy(() -> draw.speculative(1, 5, 1)).hasMessage("no request has 5 tokens");
  }

  /** A chunk begins where a request does and goes on with the next one. */
  @Test
  void aChunkOfAPromptStandsBehindDecode() {
    var steps = draw.mixed(1, 3, 200);
    for (int step = 0; step < steps.size(); step++) {
      int first = steps.set(step, 1);
      assertThat(first).isIn(0, 2, 6);
      assertThat(steps.set(step, 2)).isEqualTo(first + 1);
      assertThat(steps.set(step, 3)).isEqualTo(first + 2);
    }
  }

  /**
   * Steps {0, 1}, {2, 3}, {4, 5} in graphs of five rows: rows 2 and 3 hold the step before, row 4
   * the first token of the one before that; at the beginning there is only the first step.
   */
  @Test
  void paddedRowsHoldEarlierTokens() {
    var steps = TokenBatches.of(TOKENS.sets(), 2, new int[] {0, 1, 2, 3, 4, 5});
    var padded = StepDraw.padded(steps, 5);
    assertThat(row(padded, 0)).containsExactly(0, 1, 0, 1, 0);
    assertThat(row(padded, 1)).containsExactly(2, 3, 0, 1, 0);
    assertThat(row(padded, 2)).containsExactly(4, 5, 2, 3, 0);
    assertThat(row(StepDraw.padded(steps, 2), 1)).containsExactly(2, 3);
    assertThatThrownBy(() -> StepDraw.padded(steps, 1))
        .hasMessage("a graph of 1 rows does not hold a batch of 2");
  }

  /** One token a step calls one expert; with a padded row it reads the last step's too. */
  @Test
  void paddedRowsActivateExperts() {
    var steps = TokenBatches.of(TOKENS.sets(), 2, new int[] {0, 0, 1, 1});
    var layer = new LayerShape(Toy.LAYER.expert(), 9, 0);
    var all = Placement.of(new Cluster(1, 9), 9, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
    var switches = StepSwitches.decode(Attention.TENSOR_PARALLEL, 0);
    var pricer = new StepPricer(Toy.PROFILE, layer, switches, all, RouterRule.EXACT);
    var time = pricer.newTime();
    pricer.price(pricer.place(steps), 1, time);
    // Launch 5 us and a weight of 15 us.
    assertThat(time.distinctExperts()).isEqualTo(1);
    assertThat(time.moeNanos()).isEqualTo(20_000);
    pricer.price(pricer.place(StepDraw.padded(steps, 4)), 1, time);
    assertThat(time.distinctExperts()).isEqualTo(2);
    assertThat(time.tokens()).isEqualTo(4);
    assertThat(time.moeNanos()).isEqualTo(35_000);
  }

  @Test
  void requestsMustCoverTheTokens() {
    assertThatThrownBy(() -> new RequestTokens(tokens(3), new int[] {0, 2}))
        .hasMessageContaining("cover all 3");
    assertThatThrownBy(() -> new RequestTokens(tokens(3), new int[] {0, 0, 3}))
        .hasMessageContaining("ascending");
    assertThat(TOKENS.length(1)).isEqualTo(4);
  }

  @Test
  void stepsMustBeWhole() {
    assertThatThrownBy(() -> TokenBatches.of(TOKENS.sets(), 2, new int[] {1}))
        .hasMessage("1 tokens are no whole steps of 2 tokens");
    assertThatThrownBy(() -> TokenBatches.of(TOKENS.sets(), 1, new int[] {9}))
        .hasMessage("token set 9, must be in [0, 9)");
  }

  /** Any division of steps sums to the same nanoseconds. */
  @Test
  void summariesDoNotDependOnTheDivision() {
    var batches = TokenBatches.draw(Toy.SETS, 3, 40, new SeededRandom(8));
    var pricer =
        new StepPricer(
            Toy.PROFILE, Toy.LAYER, Toy.DATA_PARALLEL, Toy.PLACEMENT, RouterRule.VLLM_DP);
    var placed = pricer.place(batches);
    var whole = StepReplay.price(pricer, batches);
    var parts = new StepSummary();
    parts.add(StepReplay.price(pricer, placed, 33, 40));
    parts.add(StepReplay.price(pricer, placed, 0, 20));
    parts.add(StepReplay.price(pricer, placed, 20, 33));
    for (var cause : Cause.values()) {
      assertThat(parts.meanNanos(cause)).isEqualTo(whole.meanNanos(cause));
    }
    for (var link : LinkClass.values()) {
      assertThat(parts.meanBytes(link)).isEqualTo(whole.meanBytes(link));
    }
    assertThat(parts.meanMostCopies()).isEqualTo(whole.meanMostCopies());
    assertThat(parts.steps()).isEqualTo(40);
  }

  private static int[] row(TokenBatches steps, int step) {
    var row = new int[steps.batch()];
    for (int i = 0; i < row.length; i++) {
      row[i] = steps.set(step, i);
    }
    return row;
  }
}
