package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import java.util.Arrays;

/**
 * EPLB with each expert group on one node, and GPUs that may have different numbers of slots.
 *
 * <p>On equal GPUs the placement is {@link Eplb}'s, its twins repaired within their node. On
 * unequal ones, which the published code does not know, the same three steps are taken with {@link
 * LptPacking} as the last: pack groups onto nodes, replicate within a node, pack replicas onto its
 * GPUs. Groups that do not divide over the nodes are ignored, as published.
 */
final class HierarchicalEplb {

  private HierarchicalEplb() {}

  /**
   * Places.
   *
   * @param load {@code [experts]} tokens
   * @param groups expert groups of the model, 1 for none
   */
  static int[] slots(Cluster cluster, double[] load, int groups) {
    if (cluster.nodes() == 1 || !NodeExperts.divide(cluster, load.length, groups)) {
      return global(cluster, load);
    }
    return NodeExperts.place(
        cluster, load, nodeOf(cluster, load, groups), HierarchicalEplb::global);
  }

  /** The global form; on a node, the last two steps of the hierarchical one. */
  static int[] global(Cluster cluster, double[] load) {
    return cluster.even() ? Eplb.soundPlacement(cluster, load) : LptPacking.slots(cluster, load);
  }

  private static int[] nodeOf(Cluster cluster, double[] load, int groups) {
    var groupLoad = new double[groups];
    for (int expert = 0; expert < load.length; expert++) {
      groupLoad[expert / (load.length / groups)] += load[expert];
    }
    var packing = new BalancedPacking(groupLoad, cluster.nodes());
    return NodeExperts.ofGroups(load.length, Arrays.stream(packing.pack).boxed().toList());
  }
}
