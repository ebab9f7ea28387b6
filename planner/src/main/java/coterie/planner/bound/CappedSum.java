package coterie.planner.bound;

import java.util.Arrays;

/** Vectors in [0, 1] whose sum is at most a cap: projection, and largest product. */
final class CappedSum {

  private static final int HALVINGS = 60;

  private CappedSum() {}

  /** Projects in the Euclidean norm, by bisection on the common shift. */
  static void project(double[] values, double cap) {
    double low = 0;
    double high = 0;
    for (double value : values) {
      high = Math.max(high, value);
    }
    if (sum(values, 0) > cap) {
      for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (sum(values, middle) > cap) {
          low = middle;
        } else {
          high = middle;
        }
      }
    } else {
      high = 0;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = clip(values[i] - high);
    }
  }

  private static double sum(double[] values, double shift) {
    double sum = 0;
    for (double value : values) {
      sum += clip(value - shift);
    }
    return sum;
  }

  private static double clip(double value) {
    return Math.max(0, Math.min(1, value));
  }

  /** Sum of the {@code count} largest positive values: the largest product with such a vector. */
  static double largest(double[] values, int count) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (int i = 0; i < Math.min(count, sorted.length); i++) {
      sum += Math.max(0, sorted[sorted.length - 1 - i]);
    }
    return sum;
  }
}
