package coterie.planner.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.SeededRandom;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  @Test
  void handWorked() {
    assertThat(Assignment.cheapest(new double[][] {{4, 1, 3}, {2, 0, 5}, {3, 2, 2}}))
        .as("1 + 2 + 2")
        .containsExactly(1, 0, 2);
  }

  @Test
  void equalsTryingEveryPermutation() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new SeededRandom(seed);
      int n = 1 + random.nextInt(6);
      var cost = new double[n][n];
      for (var row : cost) {
        for (int i = 0; i < n; i++) {
          row[i] = random.nextInt(20) - 8;
        }
      }
      var columns = Assignment.cheapest(cost);
      assertThat(columns).doesNotHaveDuplicates();
      double total = 0;
      for (int row = 0; row < n; row++) {
        total += cost[row][columns[row]];
      }
      assertThat(total).isCloseTo(least(cost, 0, 0), within(1e-9));
    }
  }

  private static double least(double[][] cost, int row, int used) {
    if (row == cost.length) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (int column = 0; column < cost.length; column++) {
      if ((used >> column & 1) == 0) {
        least = Math.min(least, cost[row][column] + least(cost, row + 1, used | 1 << column));
      }
    }
    return least;
  }
}
