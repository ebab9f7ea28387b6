package coterie.jobs.headroom;

import coterie.planner.model.SeededRandom;

/**
 * Bootstrap of a weighted mean (Efron, Annals of Statistics 1979), with Poisson weights instead of
 * draws, so that one pass over the steps makes a replicate.
 *
 * <p>A step that stands for w tokens gets a Poisson number with mean w, for large w by its normal
 * approximation. It shows how sure the mean is for steps drawn like these; requests hang together,
 * and what other requests would bring is not in it.
 */
final class Resampling {

  static final int REPLICATES = 200;

  private static final double NORMAL_FROM = 30;

  private Resampling() {}

  /** {@code [REPLICATES]} means of {@code value} weighted by resampled {@code weight}. */
  static double[] means(double[] value, double[] weight, SeededRandom random) {
    var means = new double[REPLICATES];
    for (int r = 0; r < REPLICATES; r++) {
      double sum = 0;
      double total = 0;
      for (int i = 0; i < value.length; i++) {
        double drawn = poisson(weight[i], random);
        sum += drawn * value[i];
        total += drawn;
      }
      means[r] = total > 0 ? sum / total : 0;
    }
    return means;
  }

  private static double poisson(double mean, SeededRandom random) {
    if (mean >= NORMAL_FROM) {
      double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
      double normal = radius * Math.cos(2 * Math.PI * random.nextDouble());
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * normal));
    }
    double floor = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > floor) {
      count++;
      product *= random.nextDouble();
    }
    return count;
  }
}
