package coterie.analytics.compare;

import coterie.analytics.table.DriftTable;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Measures of how far two loads of the experts of a layer are from each other; {@link DriftTable}
 * and {@code SimilarityTable} define them. Loads are tokens by expert, and neither may be all 0.
 */
public final class LoadComparison {

  private LoadComparison() {}

  /** The Jensen-Shannon distance, base 2, in [0, 1]. */
  public static double distance(long[] one, long[] other) {
    double ones = sum(one);
    double others = sum(other);
    double divergence = 0;
    for (int expert = 0; expert < one.length; expert++) {
      double p = one[expert] / ones;
      double q = other[expert] / others;
      double mean = (p + q) / 2;
      divergence += (term(p, mean) + term(q, mean)) / 2;
    }
    // Rounding may leave a hair below 0 for loads of the same shares.
    return Math.sqrt(Math.min(1, Math.max(0, divergence)));
  }

  private static double term(double share, double mean) {
    return share == 0 ? 0 : share * Math.log(share / mean) / Math.log(2);
  }

  /** Share of the {@code n} most loaded experts that both have in common. */
  public static double overlap(long[] one, long[] other, int n) {
    var top = top(one, n);
    return (double) IntStream.of(top(other, n)).filter(e -> contains(top, e)).count() / n;
  }

  private static boolean contains(int[] experts, int expert) {
    return IntStream.of(experts).anyMatch(e -> e == expert);
  }

  private static int[] top(long[] load, int n) {
    return IntStream.range(0, load.length)
        .boxed()
        .sorted(Comparator.comparingLong((Integer e) -> -load[e]).thenComparing(e -> e))
        .limit(n)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The cosine of the angle between the shares. */
  public static double cosine(long[] one, long[] other) {
    double product = 0;
    double ones = 0;
    double others = 0;
    for (int expert = 0; expert < one.length; expert++) {
      product += (double) one[expert] * other[expert];
      ones += (double) one[expert] * one[expert];
      others += (double) other[expert] * other[expert];
    }
    return product / (Math.sqrt(ones) * Math.sqrt(others));
  }

  /** The part of all calls that both have in common: the sum of the lesser shares. */
  public static double shared(long[] one, long[] other) {
    double ones = sum(one);
    double others = sum(other);
    double shared = 0;
    for (int expert = 0; expert < one.length; expert++) {
      shared += Math.min(one[expert] / ones, other[expert] / others);
    }
    return shared;
  }

  static double sum(long[] load) {
    double sum = 0;
    for (long tokens : load) {
      sum += tokens;
    }
    return sum;
  }
}
