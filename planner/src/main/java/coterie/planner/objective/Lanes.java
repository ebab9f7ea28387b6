package coterie.planner.objective;

/**
 * Counts of up to eight GPUs in the bytes of a word, each at most {@link #MAX_COUNT}: adding,
 * subtracting and comparing all at once.
 *
 * <p>Lamport, "Multiple byte processing with full-word instructions", CACM 1975. A set of GPUs is a
 * word whose bytes are 0 or 1, so that it can be added to counts.
 */
final class Lanes {

  /** Counts in a word. */
  static final int COUNTS = 8;

  /** Largest count; one bit of each byte is kept free for comparisons. */
  static final int MAX_COUNT = 127;

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = ONES << 7;

  private Lanes() {}

  /** Words for the counts of some GPUs. */
  static int words(int gpus) {
    return (gpus + COUNTS - 1) / COUNTS;
  }

  /** The word in which a GPU has its count. */
  static int word(int gpu) {
    return gpu / COUNTS;
  }

  /** The set of one GPU, in its word. */
  static long bit(int gpu) {
    return 1L << (gpu % COUNTS * Byte.SIZE);
  }

  /** True if a count of the word is at least {@code count}, in {@code [1, 128]}. */
  static boolean anyAtLeast(long counts, int count) {
    return ((counts + (128 - count) * ONES) & HIGHS) != 0;
  }
}
