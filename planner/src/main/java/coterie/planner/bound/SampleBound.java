package coterie.planner.bound;

import java.util.List;

/**
 * From certificates of samples to one for the distribution that they were drawn from.
 *
 * <p>On any sample the best placement of that sample costs at most what the best placement of the
 * distribution costs on it; in expectation, therefore, a sample's certificate is at most the least
 * cost on the distribution. So the mean over independent samples, less a t-quantile of its standard
 * error, is a bound that holds with the confidence of the quantile (Mak, Morton, Wood, "Monte Carlo
 * bounding techniques for determining solution quality in stochastic programs", Operations Research
 * Letters 1999). Samples must not share requests: tokens of one request hang together. Small
 * samples understate, and ten or more are wanted for the quantile to mean what it says.
 *
 * @param samples how many
 * @param mean of their certificates, in experts
 * @param standardError of the mean, in experts
 */
public record SampleBound(int samples, double mean, double standardError) {

  /** Chance that {@link #low} is a bound. */
  public static final double CONFIDENCE = 0.95;

  /** One-sided 95 % quantiles of Student's t for 1, 2, .. degrees of freedom; published tables. */
  private static final List<Double> QUANTILES =
      List.of(
          6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771,
          1.761, 1.753, 1.746, 1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706,
          1.703, 1.701, 1.699, 1.697);

  /**
   * Takes certificates together.
   *
   * @param certificates one a sample, in experts; at least two
   */
  public static SampleBound of(List<Double> certificates) {
    int n = certificates.size();
    if (n < 2) {
      throw new IllegalArgumentException(n + " samples, at least 2 are needed");
    }
    double mean = certificates.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares =
        certificates.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new SampleBound(n, mean, Math.sqrt(squares / (n - 1) / n));
  }

  /** With confidence {@link #CONFIDENCE} no placement costs less on the distribution. */
  public double low() {
    int freedom = Math.min(samples - 1, QUANTILES.size());
    return mean - QUANTILES.get(freedom - 1) * standardError;
  }
}
