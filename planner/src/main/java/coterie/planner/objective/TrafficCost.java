package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;

/**
 * Traffic inside a layer: the distinct GPUs, and the distinct nodes, that hold what a token calls,
 * kept up to date while a search edits the placement.
 *
 * <p>Unit: GPUs (nodes) a token, in the mean over tokens, times their price. Range of the GPUs:
 * from 1 to the smaller of k and the GPUs. Dispatch and combine send a token to each distinct
 * destination once, so this is their volume. Where an expert has several replicas the token uses
 * those that make its price least: no router does with less.
 */
public sealed interface TrafficCost extends SearchCost permits CountedTraffic, CoveredTraffic {

  /** Counts every set once. Without spares a change must be a swap. */
  static TrafficCost of(TokenSets sets, Placement start, TrafficPrice price) {
    return start.cluster().slots() == start.experts()
        ? new CountedTraffic(sets, start, price)
        : new CoveredTraffic(sets, start, price);
  }

  /** Distinct GPUs a token, in the mean; added up anew. */
  double gpusPerToken();

  /** Distinct nodes a token, in the mean; added up anew. */
  double nodesPerToken();
}
