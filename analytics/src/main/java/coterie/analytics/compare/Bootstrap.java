package coterie.analytics.compare;

import coterie.analytics.kernel.Hashes;
import coterie.analytics.table.DriftTable;
import java.io.Serializable;
import java.util.Arrays;

/** The Poisson bootstrap over requests that {@link DriftTable} defines. */
public final class Bootstrap implements Serializable {

  private static final long serialVersionUID = 1;
  private static final double[] THRESHOLDS = thresholds();

  private final long start;
  private final int replicates;

  public Bootstrap(long seed, int replicates) {
    start = Hashes.start(seed);
    this.replicates = replicates;
  }

  private static double[] thresholds() {
    var thresholds = new double[DriftTable.MAX_WEIGHT_INDEX + 1];
    double term = Math.exp(-1);
    double sum = 0;
    for (int i = 0; i < thresholds.length; i++) {
      term = i == 0 ? term : term / i;
      sum += term;
      thresholds[i] = sum;
    }
    return thresholds;
  }

  public int replicates() {
    return replicates;
  }

  /** How often a request counts in each replicate. */
  int[] weights(String requestId) {
    long key = Hashes.with(start, requestId);
    var weights = new int[replicates];
    for (int replicate = 0; replicate < replicates; replicate++) {
      double fraction = Hashes.fraction(Hashes.with(key, replicate));
      int weight = 0;
      while (weight < THRESHOLDS.length && THRESHOLDS[weight] <= fraction) {
        weight++;
      }
      weights[replicate] = weight;
    }
    return weights;
  }

  /**
   * An interval around a value, in [0, 1].
   *
   * @param values of the replicates; sorted on return
   */
  static double[] interval(double value, double[] values) {
    Arrays.sort(values);
    double low = 2 * value - percentile(values, DriftTable.HIGH);
    double high = 2 * value - percentile(values, DriftTable.LOW);
    return new double[] {Math.min(1, Math.max(0, low)), Math.min(1, Math.max(0, high))};
  }

  private static double percentile(double[] sorted, double p) {
    double place = p * (sorted.length - 1);
    int below = (int) place;
    double upper = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (upper - sorted[below]);
  }
}
