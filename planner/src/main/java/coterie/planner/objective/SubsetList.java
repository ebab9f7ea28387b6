package coterie.planner.objective;

/**
 * Subsets of GPUs, those that can be overfull at the highest capacity first.
 *
 * <p>A subset that confines {@code c} experts on {@code s} GPUs can be overfull only below capacity
 * {@code ceil(c / s)}; ordered by that number, a question at some capacity ends early.
 */
final class SubsetList {

  private static final int SUBSET_BITS = 16;
  private static final int SUBSET_MASK = (1 << SUBSET_BITS) - 1;

  /** Answer of {@link #overfull} if no subset is. */
  static final int NONE = 0;

  private final int[] keys;
  private final int[] sorted;
  private int size;
  private int top;

  SubsetList(int capacity) {
    keys = new int[capacity];
    sorted = new int[capacity];
  }

  void clear() {
    size = 0;
    top = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds a subset that confines {@code experts} experts. */
  void add(int subset, int experts) {
    int gpus = Integer.bitCount(subset);
    int roomyAt = (experts + gpus - 1) / gpus;
    if (roomyAt > 0) {
      keys[size++] = roomyAt << SUBSET_BITS | subset;
      top = Math.max(top, roomyAt);
    }
  }

  /** Puts the list into its order, subsets of the same rank as they were added. */
  void sort() {
    int at = 0;
    for (int rank = top; rank > 0; rank--) {
      for (int i = 0; i < size; i++) {
        if (keys[i] >>> SUBSET_BITS == rank) {
          sorted[at++] = keys[i];
        }
      }
    }
  }

  /**
   * A subset that cannot hold what a step calls of its experts.
   *
   * @param confined bits of the experts that each subset confines
   * @param capacity distinct experts allowed on each GPU
   * @return the first overfull subset, or {@link #NONE}
   */
  int overfull(StepMix mix, int step, long[] confined, int capacity) {
    for (int i = 0; i < size; i++) {
      int key = sorted[i];
      if (key >>> SUBSET_BITS <= capacity) {
        return NONE;
      }
      int subset = key & SUBSET_MASK;
      if (mix.count(step, confined, subset * mix.words()) > capacity * Integer.bitCount(subset)) {
        return subset;
      }
    }
    return NONE;
  }
}
