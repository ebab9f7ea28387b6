package coterie.planner.bound;

/** Projection onto mixtures: not negative, sum at most 1. */
final class Mixture {

  private Mixture() {}

  /**
   * Projects {@code mix[from .. to)} in the norm that weighs entry i by {@code 1 / step[i]}.
   *
   * <p>Entries fall by a common multiple of their steps until they add up to 1; those that reach 0
   * stay there. O(entries) a round, a handful of rounds.
   */
  static void project(double[] mix, double[] step, int from, int to) {
    double sum = 0;
    double steps = 0;
    for (int i = from; i < to; i++) {
      if (mix[i] > 0) {
        sum += mix[i];
        steps += step[i];
      } else {
        mix[i] = 0;
      }
    }
    if (sum <= 1) {
      return;
    }
    double fall = 0;
    boolean settled = false;
    while (!settled) {
      fall = (sum - 1) / steps;
      settled = true;
      for (int i = from; i < to; i++) {
        if (mix[i] > 0 && mix[i] <= fall * step[i]) {
          sum -= mix[i];
          steps -= step[i];
          mix[i] = 0;
          settled = false;
        }
      }
    }
    double left = 0;
    for (int i = from; i < to; i++) {
      mix[i] = mix[i] > 0 ? Math.max(0, mix[i] - fall * step[i]) : 0;
      left += mix[i];
    }
    // Rounding may leave the sum a little above 1, which a bound must not build on.
    if (left > 1) {
      for (int i = from; i < to; i++) {
        mix[i] /= left * (1 + 1e-15);
      }
    }
  }
}
