package coterie.planner.model;

import java.util.Arrays;

/**
 * Draws indices in proportion to fixed weights in constant time.
 *
 * <p>Vose's alias method (Vose, "A linear algorithm for generating random numbers with a given
 * distribution", IEEE TSE 1991). O(weights) to build.
 */
public final class AliasSampler {

  private final double[] keep;
  private final int[] alias;
  private final double total;

  /**
   * A sampler.
   *
   * @param weights {@code [indices]} not negative, at least one above 0; not kept
   */
  public AliasSampler(double[] weights) {
    int n = weights.length;
    total = Arrays.stream(weights).sum();
    keep = new double[n];
    alias = new int[n];
    // One array serves both work lists: small entries grow from the left, large ones from the
    // right.
    var work = new int[n];
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      keep[i] = weights[i] * n / total;
      alias[i] = i;
      work[keep[i] < 1 ? small++ : --large] = i;
    }
    while (small > 0 && large < n) {
      int poor = work[--small];
      int rich = work[large];
      alias[poor] = rich;
      keep[rich] -= 1 - keep[poor];
      if (keep[rich] < 1) {
        large++;
        work[small++] = rich;
      }
    }
    // What rounding left over on either list keeps its own place.
    while (small > 0) {
      keep[work[--small]] = 1;
    }
    while (large < n) {
      keep[work[large++]] = 1;
    }
  }

  /** All weights together. */
  public double total() {
    return total;
  }

  /** The next index. */
  public int draw(SeededRandom random) {
    int i = random.nextInt(keep.length);
    return random.nextDouble() < keep[i] ? i : alias[i];
  }
}
