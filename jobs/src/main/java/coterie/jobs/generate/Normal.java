package coterie.jobs.generate;

import coterie.planner.model.SeededRandom;

/** Standard normal numbers, by Box-Muller. */
final class Normal {

  private Normal() {}

  static double next(SeededRandom random) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }
}
