package coterie.planner.algorithm;

import java.io.Serializable;
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
 * @param imbalanceLimit on tokens of the busiest GPU over the mean, by even split over replicas, on
 *     every data set; at least 1, {@link #NO_IMBALANCE_LIMIT} for none
 * @param movedSlotsLimit on slots whose expert is new to their GPU, against the current placement;
 *     at least 0, {@link #NO_MOVED_SLOTS_LIMIT} for none
 * @param prices what other terms cost beside distinct experts
 */
public record Goal(
    List<BatchShare> mix,
    Robustness robustness,
    double imbalanceLimit,
    int movedSlotsLimit,
    Prices prices)
    implements Serializable {

  /** Any imbalance will do. */
  public static final double NO_IMBALANCE_LIMIT = Double.POSITIVE_INFINITY;

  /** Any number of slots may move. */
  public static final int NO_MOVED_SLOTS_LIMIT = Integer.MAX_VALUE;

  public Goal {
    mix = List.copyOf(mix);
    if (mix.isEmpty()) {
      throw new IllegalArgumentException("no batch sizes");
    }
    if (!(imbalanceLimit >= 1)) {
      throw new IllegalArgumentException(
          "imbalance limited to %s, must be at least 1".formatted(imbalanceLimit));
    }
    if (movedSlotsLimit < 0) {
      throw new IllegalArgumentException(
          "%d slots may move, must be at least 0".formatted(movedSlotsLimit));
    }
  }

  /** Distinct experts alone, all batch sizes alike. */
  public static Goal ofBatches(List<Integer> batches) {
    return ofMix(BatchShare.alike(batches));
  }

  /** Distinct experts alone. */
  public static Goal ofMix(List<BatchShare> mix) {
    return new Goal(mix, Robustness.MEAN, NO_IMBALANCE_LIMIT, NO_MOVED_SLOTS_LIMIT, Prices.NONE);
  }

  public Goal withRobustness(Robustness other) {
    return new Goal(mix, other, imbalanceLimit, movedSlotsLimit, prices);
  }

  public Goal withMostImbalance(double limit) {
    return new Goal(mix, robustness, limit, movedSlotsLimit, prices);
  }

  public Goal withMostMovedSlots(int limit) {
    return new Goal(mix, robustness, imbalanceLimit, limit, prices);
  }

  public Goal withPrices(Prices other) {
    return new Goal(mix, robustness, imbalanceLimit, movedSlotsLimit, other);
  }

  /** The limit on token imbalance, if there is one. */
  public OptionalDouble mostImbalance() {
    return imbalanceLimit == NO_IMBALANCE_LIMIT
        ? OptionalDouble.empty()
        : OptionalDouble.of(imbalanceLimit);
  }

  /** The limit on slots that move, if there is one. */
  public OptionalInt mostMovedSlots() {
    return movedSlotsLimit == NO_MOVED_SLOTS_LIMIT
        ? OptionalInt.empty()
        : OptionalInt.of(movedSlotsLimit);
  }

  /** Tokens a step of each batch size. */
  public List<Integer> batches() {
    return mix.stream().map(BatchShare::tokens).toList();
  }
}
