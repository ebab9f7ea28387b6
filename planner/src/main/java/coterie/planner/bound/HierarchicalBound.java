package coterie.planner.bound;

import coterie.planner.model.Cluster;
import java.util.Arrays;
import java.util.List;

/**
 * The certificate of token balance when each expert group stays on one node, and the packing of
 * groups onto nodes that attains it.
 *
 * <p>Every node takes the same number of groups. For each set of groups that a node could take,
 * {@link BalanceBound} bounds the busiest GPU of the node; the packing whose worst node is bounded
 * lowest is found exactly, by dynamic programming over sets of groups: {@code 2^groups * C(groups,
 * groups per node)} steps at most.
 *
 * @param tokens what the busiest GPU has in every such placement
 * @param averageTokens all tokens over all GPUs
 * @param nodeOfGroup the node of each group in a packing whose nodes are bounded by {@code tokens}
 */
public record HierarchicalBound(double tokens, double averageTokens, List<Integer> nodeOfGroup) {

  /** Groups up to which all packings are weighed. */
  public static final int MAX_GROUPS = 16;

  /**
   * Bounds.
   *
   * @param expertLoad {@code [experts]} tokens; group g holds the g-th part of equal size
   * @param groups a multiple of the nodes, at most {@link #MAX_GROUPS}
   * @throws IllegalArgumentException if groups do not divide so, or a node cannot hold its groups
   */
  public static HierarchicalBound of(Cluster cluster, double[] expertLoad, int groups) {
    if (groups > MAX_GROUPS || groups % cluster.nodes() != 0 || expertLoad.length % groups != 0) {
      throw new IllegalArgumentException(
          "%d groups of %d experts on %d nodes"
              .formatted(groups, expertLoad.length, cluster.nodes()));
    }
    return new Packing(cluster, expertLoad, groups).solve();
  }

  /** The bound over the mean: what {@code max / mean} cannot beat; at least 1. */
  public double imbalance() {
    return averageTokens > 0 ? tokens / averageTokens : 1;
  }

  private static final class Packing {

    private final Cluster cluster;
    private final double[] load;
    private final int groups;
    private final int groupsPerNode;

    /** {@code [set of groups]} the least worst node over packings of the set onto first nodes. */
    private final double[] least;

    /** {@code [set of groups]} which of them the last of those nodes takes. */
    private final int[] lastNode;

    Packing(Cluster cluster, double[] load, int groups) {
      this.cluster = cluster;
      this.load = load;
      this.groups = groups;
      groupsPerNode = groups / cluster.nodes();
      least = new double[1 << groups];
      lastNode = new int[1 << groups];
      Arrays.fill(least, Double.POSITIVE_INFINITY);
      least[0] = 0;
    }

    HierarchicalBound solve() {
      for (int node = 0; node < cluster.nodes(); node++) {
        var nodeCluster = cluster.node(node);
        for (int taken = 0; taken < 1 << groups; taken++) {
          if (Integer.bitCount(taken) == groupsPerNode) {
            extend(node, taken, BalanceBound.of(nodeCluster, loadsOf(taken)).tokens());
          }
        }
      }
      int all = (1 << groups) - 1;
      return new HierarchicalBound(
          least[all], Arrays.stream(load).sum() / cluster.gpus(), nodeOfGroup());
    }

    private void extend(int node, int taken, double tokens) {
      int rest = ~taken & ((1 << groups) - 1);
      for (int before = rest; ; before = (before - 1) & rest) {
        if (Integer.bitCount(before) == node * groupsPerNode) {
          double worst = Math.max(least[before], tokens);
          if (worst < least[before | taken]) {
            least[before | taken] = worst;
            lastNode[before | taken] = taken;
          }
        }
        if (before == 0) {
          return;
        }
      }
    }

    private double[] loadsOf(int set) {
      int size = load.length / groups;
      var loads = new double[Integer.bitCount(set) * size];
      int filled = 0;
      for (int group = 0; group < groups; group++) {
        if ((set >> group & 1) != 0) {
          System.arraycopy(load, group * size, loads, filled, size);
          filled += size;
        }
      }
      return loads;
    }

    private List<Integer> nodeOfGroup() {
      var nodeOf = new Integer[groups];
      int left = (1 << groups) - 1;
      for (int node = cluster.nodes() - 1; node >= 0; node--) {
        int taken = lastNode[left];
        for (int group = 0; group < groups; group++) {
          if ((taken >> group & 1) != 0) {
            nodeOf[group] = node;
          }
        }
        left &= ~taken;
      }
      return List.of(nodeOf);
    }
  }
}
