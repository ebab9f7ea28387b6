package coterie.planner.objective;

/**
 * What a token costs for each GPU and each node that it has to reach.
 *
 * <p>Engines send a token once to every GPU inside a node, and once to every other node, so the two
 * stand in inverse proportion to the bandwidths (H800: 160 GB/s of NVLink to 50 of InfiniBand).
 *
 * @param perGpu at least 0
 * @param perNode at least 0, one of them above
 */
public record TrafficPrice(double perGpu, double perNode) {

  /** Distinct GPUs alone. */
  public static final TrafficPrice GPUS = new TrafficPrice(1, 0);

  public TrafficPrice {
    if (!(perGpu >= 0 && perNode >= 0 && perGpu + perNode > 0)) {
      throw new IllegalArgumentException(
          "prices are %s a GPU and %s a node, one must be positive".formatted(perGpu, perNode));
    }
  }

  double of(int gpus, int nodes) {
    return perGpu * gpus + perNode * nodes;
  }
}
