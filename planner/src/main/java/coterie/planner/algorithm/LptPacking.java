package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Heaviest replica first, each onto the GPU with the fewest tokens that has room and does not hold
 * the expert yet.
 *
 * <p>Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 1969 (longest
 * processing time first), with room for a stated number of replicas on each GPU, which need not be
 * the same. Where only GPUs that hold the expert have room left, {@link TwinRepair} finds an
 * exchange. O(slots * (log slots + gpus)).
 */
final class LptPacking {

  private final Cluster cluster;
  private final int[] slots;
  private final int[] filled;
  private final double[] tokens;

  private LptPacking(Cluster cluster) {
    this.cluster = cluster;
    slots = new int[cluster.slots()];
    filled = new int[cluster.gpus()];
    tokens = new double[cluster.gpus()];
  }

  /**
   * Packs.
   *
   * @param load {@code [experts]} tokens
   * @return {@code [slots]} the expert of each slot; {@link ReplicaCounts} says how many each has
   */
  static int[] slots(Cluster cluster, double[] load) {
    var copies = ReplicaCounts.greedy(load, cluster.slots(), cluster.gpus());
    var packing = new LptPacking(cluster);
    for (int expert : heaviestFirst(load, copies)) {
      for (int replica = 0; replica < copies[expert]; replica++) {
        packing.put(expert, load[expert] / copies[expert]);
      }
    }
    TwinRepair.repair(cluster, packing.slots, load);
    return packing.slots;
  }

  private static int[] heaviestFirst(double[] load, int[] copies) {
    return IntStream.range(0, load.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer e) -> load[e] / copies[e]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private void put(int expert, double share) {
    int gpu = lightest(expert, true);
    if (gpu < 0) {
      gpu = lightest(expert, false);
    }
    slots[cluster.firstSlot(gpu) + filled[gpu]++] = expert;
    tokens[gpu] += share;
  }

  private int lightest(int expert, boolean withoutTwin) {
    int lightest = -1;
    for (int gpu = 0; gpu < filled.length; gpu++) {
      if (filled[gpu] < cluster.slotsOf(gpu)
          && (lightest < 0 || tokens[gpu] < tokens[lightest])
          && !(withoutTwin && holds(gpu, expert))) {
        lightest = gpu;
      }
    }
    return lightest;
  }

  private boolean holds(int gpu, int expert) {
    int first = cluster.firstSlot(gpu);
    for (int slot = first; slot < first + filled[gpu]; slot++) {
      if (slots[slot] == expert) {
        return true;
      }
    }
    return false;
  }
}
