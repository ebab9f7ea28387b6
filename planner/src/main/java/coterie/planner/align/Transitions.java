package coterie.planner.align;

import coterie.planner.model.Placement;

/**
 * How often tokens go from an expert of one layer to an expert of the next.
 *
 * <p>{@code pairs[from * experts + to]} counts tokens that called {@code from} and then {@code to};
 * a token of top-k adds k * k pairs. A final class and not a record: it hides its array.
 */
public final class Transitions {

  private final int experts;
  private final double[] pairs;

  private Transitions(int experts, double[] pairs) {
    this.experts = experts;
    this.pairs = pairs;
  }

  /** Takes counts over; {@code [experts * experts]}, not negative; copied. */
  public static Transitions of(int experts, double[] pairs) {
    if (pairs.length != experts * experts) {
      throw new IllegalArgumentException(
          "%d transitions for %d experts".formatted(pairs.length, experts));
    }
    return new Transitions(experts, pairs.clone());
  }

  /**
   * The pairs that meet on each pair of GPUs, an expert's tokens split evenly over its replicas.
   *
   * @return {@code [gpu of from][gpu of to]}, in pairs; their sum is that of all counts
   */
  public double[][] betweenGpus(Placement from, Placement to) {
    if (from.experts() != experts || to.experts() != experts) {
      throw new IllegalArgumentException(
          "placements of %d and %d experts, transitions of %d"
              .formatted(from.experts(), to.experts(), experts));
    }
    var between = new double[from.cluster().gpus()][to.cluster().gpus()];
    var copiesFrom = from.copies();
    var copiesTo = to.copies();
    for (int slotFrom = 0; slotFrom < from.cluster().slots(); slotFrom++) {
      int a = from.expertAt(slotFrom);
      var row = between[from.cluster().gpuOf(slotFrom)];
      for (int slotTo = 0; slotTo < to.cluster().slots(); slotTo++) {
        int b = to.expertAt(slotTo);
        row[to.cluster().gpuOf(slotTo)] += pairs[a * experts + b] / (copiesFrom[a] * copiesTo[b]);
      }
    }
    return between;
  }

  /**
   * Traffic from layer to layer: the share of pairs that change GPU, in {@code [0, 1]}; 0 if there
   * are none. Even split is what engines do; a router that prefers the same GPU moves less.
   */
  public double movedShare(Placement from, Placement to) {
    double all = 0;
    double stay = 0;
    var between = betweenGpus(from, to);
    for (int gpu = 0; gpu < between.length; gpu++) {
      for (int next = 0; next < between[gpu].length; next++) {
        all += between[gpu][next];
        stay += gpu == next ? between[gpu][next] : 0;
      }
    }
    return all > 0 ? 1 - stay / all : 0;
  }
}
