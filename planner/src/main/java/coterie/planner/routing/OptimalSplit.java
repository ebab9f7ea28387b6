package coterie.planner.routing;

import coterie.planner.model.Placement;

/**
 * Token load of GPUs when each expert's tokens are split over its replicas as well as can be.
 *
 * <p>By duality of the linear program that LPLB solves, the least maximum load is {@code max over
 * sets T of GPUs of tokens(T) / |T|}, {@code tokens(T)} the tokens of experts that have all their
 * replicas in T. All sets are tried: O(GPUs x 2^GPUs).
 */
public final class OptimalSplit {

  /** More GPUs have too many sets. */
  public static final int MAX_GPUS = 20;

  private OptimalSplit() {}

  /**
   * Load of the busiest GPU over the mean.
   *
   * @param expertLoad {@code [experts]} tokens of each expert, not all 0
   * @return at least 1, and at most what an even split gives
   * @throws IllegalArgumentException above {@link #MAX_GPUS} GPUs
   */
  public static double imbalance(Placement placement, double[] expertLoad) {
    var cluster = placement.cluster();
    int gpus = cluster.gpus();
    if (gpus > MAX_GPUS) {
      throw new IllegalArgumentException(
          "%d GPUs, at most %d can be tried".formatted(gpus, MAX_GPUS));
    }
    var hosts = new int[placement.experts()];
    for (int slot = 0; slot < cluster.slots(); slot++) {
      hosts[placement.expertAt(slot)] |= 1 << cluster.gpuOf(slot);
    }
    var tokens = new double[1 << gpus];
    double all = 0;
    for (int expert = 0; expert < hosts.length; expert++) {
      tokens[hosts[expert]] += expertLoad[expert];
      all += expertLoad[expert];
    }
    for (int gpu = 0; gpu < gpus; gpu++) {
      for (int set = 0; set < tokens.length; set++) {
        if ((set & (1 << gpu)) != 0) {
          tokens[set] += tokens[set ^ (1 << gpu)];
        }
      }
    }
    double most = 0;
    for (int set = 1; set < tokens.length; set++) {
      most = Math.max(most, tokens[set] / Integer.bitCount(set));
    }
    return most * gpus / all;
  }
}
