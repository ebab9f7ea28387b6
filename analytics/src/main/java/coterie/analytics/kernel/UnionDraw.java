package coterie.analytics.kernel;

import coterie.analytics.table.UnionSizeTable;
import java.util.Arrays;
import java.util.List;

/** The union of a batch that grows token by token, recorded at every wanted size. */
final class UnionDraw {

  private final long[] called;
  private final int most;
  private final UnionSizes[] sizes;
  private int tokens;
  private int distinct;
  private int next;

  /**
   * Unions of a layer.
   *
   * @param most distinct experts that any union can have
   * @param batches sizes to record, the first of {@link UnionSizeTable#BATCHES}
   */
  UnionDraw(int experts, int most, int batches) {
    called = new long[(experts + Long.SIZE - 1) / Long.SIZE];
    this.most = most;
    sizes = new UnionSizes[batches];
    for (int i = 0; i < batches; i++) {
      sizes[i] = new UnionSizes(experts);
    }
  }

  /** Starts the next batch. */
  void begin() {
    Arrays.fill(called, 0);
    tokens = 0;
    distinct = 0;
    next = 0;
  }

  void add(short[] experts) {
    for (short expert : experts) {
      long bit = 1L << expert;
      int word = expert >> 6;
      if ((called[word] & bit) == 0) {
        called[word] |= bit;
        distinct++;
      }
    }
    tokens++;
    if (next < sizes.length && tokens == UnionSizeTable.BATCHES.get(next)) {
      sizes[next++].add(distinct);
    }
  }

  /** True if more tokens cannot change what is still to be recorded. */
  boolean settled() {
    return next == sizes.length || distinct == most;
  }

  /** Records the sizes that are left: the union stays as it is. */
  void end() {
    for (; next < sizes.length; next++) {
      sizes[next].add(distinct);
    }
  }

  List<UnionSizes> sizes() {
    return List.of(sizes);
  }
}
