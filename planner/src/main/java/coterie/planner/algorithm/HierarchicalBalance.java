package coterie.planner.algorithm;

import coterie.planner.bound.HierarchicalBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.search.SearchBudget;
import java.util.Optional;

/**
 * Token balance with each expert group on one node: the packing of groups whose worst node is
 * bounded lowest ({@link HierarchicalBound}), then {@link LoadBalance} within each node.
 *
 * <p>Both halves are exact or nearly: the placement ends about {@link LoadBalance#TOLERANCE} above
 * what the hierarchy allows.
 */
final class HierarchicalBalance {

  private HierarchicalBalance() {}

  /** Why the packing of groups cannot be found; empty if it can. */
  static Optional<PlanningOutcome.Infeasible> obstacle(LayerProblem problem) {
    boolean tooMany =
        problem.groups() > HierarchicalBound.MAX_GROUPS && problem.cluster().nodes() > 1;
    return tooMany && NodeExperts.divide(problem.cluster(), problem.experts(), problem.groups())
        ? Optional.of(
            new PlanningOutcome.Infeasible(
                "planner load-balance-hierarchical packs at most %d expert groups, not %d"
                    .formatted(HierarchicalBound.MAX_GROUPS, problem.groups()),
                "planner eplb-hierarchical has no such limit"))
        : Optional.empty();
  }

  /**
   * Places; without regard to groups if they do not divide over the nodes.
   *
   * @param groups expert groups of the model, at most {@link HierarchicalBound#MAX_GROUPS} where
   *     they divide over more than one node
   */
  static int[] slots(
      Cluster cluster, double[] load, int groups, SearchBudget budget, SeededRandom random) {
    if (cluster.nodes() == 1 || !NodeExperts.divide(cluster, load.length, groups)) {
      return LoadBalance.flat(cluster, load, budget, random);
    }
    var packing = HierarchicalBound.of(cluster, load, groups);
    return NodeExperts.place(
        cluster,
        load,
        NodeExperts.ofGroups(load.length, packing.nodeOfGroup()),
        (node, local) -> LoadBalance.flat(node, local, budget, random));
  }
}
