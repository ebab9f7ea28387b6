package coterie.analytics.kernel;

import java.util.Arrays;

/** The load of each expert of one layer in part of a block. */
final class LoadScratch {

  private final long[] loads;

  LoadScratch(int experts) {
    loads = new long[experts];
  }

  /** Counts tokens {@code [from, to)}; the array is overwritten by the next call. */
  long[] count(LayerSlice slice, int from, int to) {
    Arrays.fill(loads, 0);
    int k = slice.topK();
    int[] ids = slice.ids();
    if (slice.full()) {
      for (int i = from * k; i < to * k; i++) {
        loads[ids[i]]++;
      }
    } else {
      for (int token = from; token < to; token++) {
        for (int i = 0; i < slice.size(token); i++) {
          loads[ids[token * k + i]]++;
        }
      }
    }
    return loads;
  }
}
