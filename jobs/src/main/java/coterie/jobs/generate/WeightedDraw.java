package coterie.jobs.generate;

import coterie.planner.model.SeededRandom;

/**
 * Draws indices in proportion to fixed weights in constant time.
 *
 * <p>Vose's alias method (Vose, "A linear algorithm for generating random numbers with a given
 * distribution", IEEE TSE 1991). O(weights) to build.
 */
final class WeightedDraw {

  private final double[] keep;
  private final int[] alias;
  private final double total;

  /** Weights above 0. */
  WeightedDraw(double[] weights) {
    int n = weights.length;
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    total = sum;
    keep = new double[n];
    alias = new int[n];
    // One array for both work lists: poor entries from the left, rich ones from the right.
    var work = new int[n];
    int poor = 0;
    int rich = n;
    for (int i = 0; i < n; i++) {
      keep[i] = weights[i] * n / total;
      alias[i] = i;
      work[keep[i] < 1 ? poor++ : --rich] = i;
    }
    while (poor > 0 && rich < n) {
      int taker = work[--poor];
      int giver = work[rich];
      alias[taker] = giver;
      keep[giver] -= 1 - keep[taker];
      if (keep[giver] < 1) {
        rich++;
        work[poor++] = giver;
      }
    }
    while (poor > 0) {
      keep[work[--poor]] = 1;
    }
  }

  double total() {
    return total;
  }

  int draw(SeededRandom random) {
    int i = random.nextInt(keep.length);
    return random.nextDouble() < keep[i] ? i : alias[i];
  }
}
