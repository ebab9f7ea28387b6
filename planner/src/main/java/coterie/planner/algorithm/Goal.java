package coterie.planner.algorithm;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a placement of one layer shall be good at, and what it must keep.
 *
 * <p>Minimised: the expected distinct experts on the busiest GPU over the mix of batch sizes, plus
 * the weighted terms of {@link Prices}. Kept: the limits. A limit that cannot be kept makes the
 * problem infeasible.
 *
 * @param mix batch sizes that will be served
 * @param robustness how costs on several data sets become one
 * @param mostImbalance limit on tokens of the busiest GPU over the mean, by even split over
 *     replicas, on every data set; at least 1
 * @param mostMovedSlots limit on slots whose expert is new to their GPU, against the current
 *     placement; at least 0
 * @param prices what other terms cost beside distinct experts
 */
public record Goal(
    List<BatchShare> mix,
    Robustness robustness,
    OptionalDouble mostImbalance,
    OptionalInt mostMovedSlots,
    Prices prices) {

  public Goal {
    mix = List.copyOf(mix);
    if (mix.isEmpty()) {
      throw new IllegalArgumentException("no batch sizes");
    }
    if (mostImbalance.isPresent() && !(mostImbalance.getAsDouble() >= 1)) {
      throw new IllegalArgumentException(
          "imbalance limited to %s, must be at least 1".formatted(mostImbalance.getAsDouble()));
    }
    if (mostMovedSlots.isPresent() && mostMovedSlots.getAsInt() < 0) {
      throw new IllegalArgumentException(
          "%d slots may move, must be at least 0".formatted(mostMovedSlots.getAsInt()));
    }
  }

  /** Distinct experts alone, all batch sizes alike. */
  public static Goal ofBatches(List<Integer> batches) {
    return ofMix(BatchShare.alike(batches));
  }

  /** Distinct experts alone. */
  public static Goal ofMix(List<BatchShare> mix) {
    return new Goal(mix, Robustness.MEAN, OptionalDouble.empty(), OptionalInt.empty(), Prices.NONE);
  }

  public Goal withRobustness(Robustness other) {
    return new Goal(mix, other, mostImbalance, mostMovedSlots, prices);
  }

  public Goal withMostImbalance(double limit) {
    return new Goal(mix, robustness, OptionalDouble.of(limit), mostMovedSlots, prices);
  }

  public Goal withMostMovedSlots(int limit) {
    return new Goal(mix, robustness, mostImbalance, OptionalInt.of(limit), prices);
  }

  public Goal withPrices(Prices other) {
    return new Goal(mix, robustness, mostImbalance, mostMovedSlots, other);
  }

  /** Tokens a step of each batch size. */
  public List<Integer> batches() {
    return mix.stream().map(BatchShare::tokens).toList();
  }
}
