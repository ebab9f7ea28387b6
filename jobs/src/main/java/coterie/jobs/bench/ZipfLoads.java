package coterie.jobs.bench;

import coterie.planner.model.SeededRandom;

/**
 * Token loads with a long tail: rank to the power of {@code -exponent}, times a lognormal factor of
 * sigma 0.3, in an order drawn for each layer. Not a real trace.
 */
final class ZipfLoads {

  private static final double SIGMA = 0.3;

  private ZipfLoads() {}

  /** {@code [experts]} tokens of one layer, whole numbers, about {@code assignments} in sum. */
  static double[] layer(int experts, double exponent, double assignments, long seed, int layer) {
    var random = SeededRandom.of(seed, layer, Math.round(100 * exponent));
    var order = new int[experts];
    for (int rank = 0; rank < experts; rank++) {
      order[rank] = rank;
    }
    random.shuffle(order);
    var load = new double[experts];
    double sum = 0;
    for (int rank = 0; rank < experts; rank++) {
      load[order[rank]] = Math.pow(rank + 1, -exponent) * Math.exp(SIGMA * gaussian(random));
      sum += load[order[rank]];
    }
    for (int expert = 0; expert < experts; expert++) {
      load[expert] = Math.max(1, Math.rint(load[expert] / sum * assignments));
    }
    return load;
  }

  /** Box and Muller's transform. */
  private static double gaussian(SeededRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
