package coterie.planner.model;

/**
 * Draws sets in proportion to their tokens in constant time.
 *
 * <p>Vose's alias method (Vose, "A linear algorithm for generating random numbers with a given
 * distribution", IEEE TSE 1991). O(sets) to build.
 */
final class AliasSampler {

  private final double[] keep;
  private final int[] alias;

  AliasSampler(TokenSets sets) {
    int n = sets.size();
    keep = new double[n];
    alias = new int[n];
    // One array serves both work lists: small entries grow from the left, large ones from the
    // right.
    var work = new int[n];
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      keep[i] = sets.tokens(i) * n / sets.totalTokens();
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

  int draw(SeededRandom random) {
    int i = random.nextInt(keep.length);
    return random.nextDouble() < keep[i] ? i : alias[i];
  }
}
