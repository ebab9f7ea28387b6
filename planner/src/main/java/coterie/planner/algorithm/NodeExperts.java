package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A layer whose expert groups each stay on one node, as one small problem a node.
 *
 * <p>A model with groups lets a token reach few groups (node-limited routing), so a group on one
 * node keeps its tokens off the network.
 */
final class NodeExperts {

  /** Places experts {@code [0, load.length)} on the GPUs of one node. */
  interface Packing {

    /** The expert of each slot, in GPU blocks. */
    int[] slots(Cluster node, double[] load);
  }

  private NodeExperts() {}

  /**
   * Places each node's experts on its GPUs.
   *
   * @param nodeOf {@code [experts]} the node of each expert
   * @return {@code [slots]} expert of each slot of the whole cluster
   */
  static int[] place(Cluster cluster, double[] load, int[] nodeOf, Packing packing) {
    var slots = new int[cluster.slots()];
    for (int n = 0; n < cluster.nodes(); n++) {
      int node = n;
      var experts = IntStream.range(0, load.length).filter(e -> nodeOf[e] == node).toArray();
      var local = Arrays.stream(experts).mapToDouble(expert -> load[expert]).toArray();
      int first = cluster.firstSlot(node * cluster.gpusPerNode());
      var placed = packing.slots(cluster.node(node), local);
      for (int slot = 0; slot < placed.length; slot++) {
        slots[first + slot] = experts[placed[slot]];
      }
    }
    return slots;
  }

  /** {@code [experts]} the node of each expert, from that of its group. */
  static int[] ofGroups(int experts, List<Integer> nodeOfGroup) {
    int size = experts / nodeOfGroup.size();
    return IntStream.range(0, experts).map(expert -> nodeOfGroup.get(expert / size)).toArray();
  }

  /** Why the groups of a problem do not fit onto nodes; empty if they do or are of no account. */
  static Optional<PlanningOutcome.Infeasible> obstacle(LayerProblem problem) {
    var cluster = problem.cluster();
    if (cluster.nodes() == 1 || !divide(cluster, problem.experts(), problem.groups())) {
      return Optional.empty();
    }
    return IntStream.range(0, cluster.nodes())
        .mapToObj(node -> obstacle(cluster, node, problem.experts() / cluster.nodes()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<PlanningOutcome.Infeasible> obstacle(
      Cluster cluster, int node, int experts) {
    return PlannerKind.obstacle(cluster.node(node), experts)
        .map(
            found ->
                new PlanningOutcome.Infeasible(
                    "node %d: %s".formatted(node, found.reason()),
                    found.advice() + ", or a planner that does not keep groups on nodes"));
  }

  /** True if {@code groups} of equal size divide over the nodes of a cluster. */
  static boolean divide(Cluster cluster, int experts, int groups) {
    return groups % cluster.nodes() == 0 && experts % groups == 0;
  }
}
