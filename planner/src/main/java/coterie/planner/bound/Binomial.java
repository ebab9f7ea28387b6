package coterie.planner.bound;

/** Binomial coefficients as doubles; exact up to 2^53. */
final class Binomial {

  private Binomial() {}

  /** Ways to choose k of n; 0 where there is none. */
  static double of(int n, int k) {
    if (k < 0 || k > n) {
      return 0;
    }
    double ways = 1;
    for (int i = 1; i <= Math.min(k, n - k); i++) {
      ways = Math.rint(ways * (n - Math.min(k, n - k) + i) / i);
    }
    return ways;
  }
}
