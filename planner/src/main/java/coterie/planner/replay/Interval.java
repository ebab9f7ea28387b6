package coterie.planner.replay;

import java.util.Arrays;

/**
 * A value and the range that 95 % of its replicates fall into.
 *
 * @param value on all requests
 */
public record Interval(double value, double low, double high) {

  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;

  /**
   * An interval around a value: percentiles of the replicates, moved so that their mean lies on the
   * value. Replicates are made of fewer requests than the value and may be off by as much as that
   * matters; how they scatter is what they are for.
   *
   * @param replicates may be empty: then nothing is known
   */
  public static Interval of(double value, double[] replicates) {
    if (replicates.length == 0) {
      return new Interval(value, Double.NaN, Double.NaN);
    }
    var sorted = replicates.clone();
    Arrays.sort(sorted);
    double shift = value - Arrays.stream(sorted).average().orElseThrow();
    return new Interval(value, percentile(sorted, LOW) + shift, percentile(sorted, HIGH) + shift);
  }

  static double saved(double cost, double of) {
    return 1 - cost / of;
  }

  /** Share of a cost that is saved against another, replicate by replicate. */
  public static Interval saved(
      double cost, double[] costReplicates, double of, double[] ofReplicates) {
    int count = Math.min(costReplicates.length, ofReplicates.length);
    var shares = new double[count];
    for (int i = 0; i < count; i++) {
      shares[i] = saved(costReplicates[i], ofReplicates[i]);
    }
    return of(saved(cost, of), shares);
  }

  /** Half of the range; NaN if nothing is known. */
  public double half() {
    return (high - low) / 2;
  }

  private static double percentile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    double upper = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (upper - sorted[below]);
  }
}
