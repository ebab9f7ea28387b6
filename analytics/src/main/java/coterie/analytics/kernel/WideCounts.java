package coterie.analytics.kernel;

/**
 * Counters that do not overflow: they count in {@code int}, of which caches hold twice as many, and
 * move to {@code long} before any of them could run over.
 */
final class WideCounts {

  private final int[] near;
  private long[] far;
  private long used;

  WideCounts(int size) {
    near = new int[size];
  }

  /**
   * The counters, to be counted up in place.
   *
   * @param most what any one of them may be given before the next call
   */
  int[] roomFor(int most) {
    if (used + most > Integer.MAX_VALUE) {
      fold();
    }
    used += most;
    return near;
  }

  private void fold() {
    if (far == null) {
      far = new long[near.length];
    }
    for (int i = 0; i < near.length; i++) {
      far[i] += near[i];
      near[i] = 0;
    }
    used = 0;
  }

  long get(int index) {
    return near[index] + (far == null ? 0 : far[index]);
  }

  int size() {
    return near.length;
  }

  /** Memory of these counters. */
  long bytes() {
    return (long) near.length * (far == null ? Integer.BYTES : Integer.BYTES + Long.BYTES);
  }
}
