package coterie.analytics.kernel;

/**
 * Counts the pairs of experts that tokens of one layer call.
 *
 * <p>A token adds to one cell for each pair of its places, {@code [id at place i][id at place j]}
 * for {@code i < j}: k (k - 1) / 2 updates without a comparison or a sort. A pair lies in two cells
 * then, by which of its experts came first, and is their sum. (Updating the full k x k square needs
 * more than twice as many; half of it behind a comparison of ids mispredicts.)
 */
final class PairCounter {

  private final int experts;
  private final WideCounts cells;

  PairCounter(int experts) {
    this.experts = experts;
    cells = new WideCounts(experts * experts);
  }

  void add(LayerSlice slice) {
    int k = slice.topK();
    // An expert named twice by a token would be a pair with itself, k (k - 1) / 2 times at most.
    int[] pairs = cells.roomFor(slice.tokens() * k * k);
    if (slice.full()) {
      addFull(slice.ids(), slice.tokens(), k, pairs);
    } else {
      for (int token = 0; token < slice.tokens(); token++) {
        addToken(slice.ids(), token * k, slice.size(token), pairs);
      }
    }
  }

  private void addFull(int[] ids, int tokens, int k, int[] pairs) {
    if (k == 8) {
      for (int token = 0; token < tokens; token++) {
        addEight(ids, token * 8, pairs);
      }
    } else {
      for (int token = 0; token < tokens; token++) {
        addToken(ids, token * k, k, pairs);
      }
    }
  }

  private void addToken(int[] ids, int from, int size, int[] pairs) {
    for (int i = 0; i < size; i++) {
      int row = ids[from + i] * experts;
      for (int j = i + 1; j < size; j++) {
        pairs[row + ids[from + j]]++;
      }
    }
  }

  /** The most frequent k, unrolled: the ids stay in registers. */
  private void addEight(int[] ids, int from, int[] pairs) {
    int b = ids[from + 1];
    int c = ids[from + 2];
    int d = ids[from + 3];
    int e = ids[from + 4];
    int f = ids[from + 5];
    int g = ids[from + 6];
    int h = ids[from + 7];
    int row = ids[from] * experts;
    pairs[row + b]++;
    pairs[row + c]++;
    pairs[row + d]++;
    pairs[row + e]++;
    pairs[row + f]++;
    pairs[row + g]++;
    pairs[row + h]++;
    row = b * experts;
    pairs[row + c]++;
    pairs[row + d]++;
    pairs[row + e]++;
    pairs[row + f]++;
    pairs[row + g]++;
    pairs[row + h]++;
    row = c * experts;
    pairs[row + d]++;
    pairs[row + e]++;
    pairs[row + f]++;
    pairs[row + g]++;
    pairs[row + h]++;
    row = d * experts;
    pairs[row + e]++;
    pairs[row + f]++;
    pairs[row + g]++;
    pairs[row + h]++;
    row = e * experts;
    pairs[row + f]++;
    pairs[row + g]++;
    pairs[row + h]++;
    row = f * experts;
    pairs[row + g]++;
    pairs[row + h]++;
    pairs[g * experts + h]++;
  }

  /** Tokens that called both experts, {@code a != b}. */
  long tokens(int a, int b) {
    return cells.get(a * experts + b) + cells.get(b * experts + a);
  }

  /** {@code [a * experts + b]} for {@code a < b}, 0 elsewhere. */
  long[] square() {
    var square = new long[experts * experts];
    for (int a = 0; a < experts; a++) {
      for (int b = a + 1; b < experts; b++) {
        square[a * experts + b] = tokens(a, b);
      }
    }
    return square;
  }

  long bytes() {
    return cells.bytes();
  }
}
