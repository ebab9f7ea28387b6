package coterie.planner.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SlotBudgetTest {

  /** The first layer gains 4, 1; the second 3, 2. Three spares: 4 + 3 + 2. */
  @Test
  void handWorked() {
    var cost = new double[][] {{10, 6, 5}, {10, 7, 5}};
    assertThat(SlotBudget.greedy(cost, 3)).containsExactly(1, 2);
    assertThat(SlotBudget.exact(cost, 3)).containsExactly(1, 2);
  }

  @Test
  void sparesThatGainNothingAreNotSpent() {
    assertThat(SlotBudget.greedy(new double[][] {{1, 1, 1}, {2, 1.5, 1.5}}, 9))
        .containsExactly(0, 1);
  }

  /** One spare gains nothing, two gain 6: the mean fall sees it. */
  @Test
  void looksBeyondAPlateau() {
    assertThat(SlotBudget.greedy(new double[][] {{10, 10, 4}, {10, 9, 8}}, 2))
        .containsExactly(2, 0);
  }

  @Test
  void greedyIsExactOnConvexCurvesAndNeverBetterThanExact() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SeededRandom(seed);
      boolean convex = seed % 2 == 0;
      var cost = new double[1 + random.nextInt(5)][];
      Arrays.setAll(cost, layer -> curve(1 + random.nextInt(6), convex, random));
      int budget = random.nextInt(15);
      var greedy = SlotBudget.greedy(cost, budget);
      var exact = SlotBudget.exact(cost, budget);
      assertThat(Arrays.stream(greedy).sum()).isLessThanOrEqualTo(budget);
      assertThat(Arrays.stream(exact).sum()).isLessThanOrEqualTo(budget);
      assertThat(total(cost, exact)).isLessThanOrEqualTo(total(cost, greedy) + 1e-9);
      if (convex) {
        assertThat(total(cost, greedy)).isCloseTo(total(cost, exact), within(1e-9));
      }
    }
  }

  private static double[] curve(int length, boolean convex, SeededRandom random) {
    var falls = new double[length - 1];
    Arrays.setAll(falls, i -> random.nextDouble());
    if (convex) {
      Arrays.sort(falls);
    }
    var curve = new double[length];
    curve[0] = 10;
    for (int i = 1; i < length; i++) {
      curve[i] = curve[i - 1] - falls[length - 1 - i];
    }
    return curve;
  }

  private static double total(double[][] cost, int[] spares) {
    double total = 0;
    for (int layer = 0; layer < cost.length; layer++) {
      total += cost[layer][spares[layer]];
    }
    return total;
  }
}
