package coterie.analytics.kernel;

/** How often unions of each size came up; sizes are small, so all statistics come from counts. */
public final class UnionSizes {

  private final long[] batches;
  private long total;

  UnionSizes(int experts) {
    batches = new long[experts + 1];
  }

  void add(int size) {
    add(size, 1);
  }

  void add(int size, long times) {
    batches[size] += times;
    total += times;
  }

  long total() {
    return total;
  }

  double mean() {
    double sum = 0;
    for (int size = 0; size < batches.length; size++) {
      sum += (double) size * batches[size];
    }
    return sum / total;
  }

  /** Of the mean: sample deviation / sqrt(batches); 0 of a single one. */
  double standardError() {
    double mean = mean();
    double squares = 0;
    for (int size = 0; size < batches.length; size++) {
      squares += batches[size] * (size - mean) * (size - mean);
    }
    return total < 2 ? 0 : Math.sqrt(squares / (total - 1) / total);
  }

  /** Interpolated linearly between ranks. */
  double percentile(double p) {
    double place = p * (total - 1);
    long below = (long) Math.floor(place);
    double lower = at(below);
    double upper = at(Math.min(below + 1, total - 1));
    return lower + (place - below) * (upper - lower);
  }

  private int at(long rank) {
    long seen = 0;
    for (int size = 0; size < batches.length; size++) {
      seen += batches[size];
      if (rank < seen) {
        return size;
      }
    }
    throw new IllegalArgumentException("rank %d of %d".formatted(rank, total));
  }
}
