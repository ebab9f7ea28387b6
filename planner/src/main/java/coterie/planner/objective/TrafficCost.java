package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;

/**
 * Traffic inside a layer: the distinct GPUs, and the distinct nodes, that hold what a token calls,
 * kept up to date while a search edits the placement.
 *
 * <p>Unit: GPUs (nodes) a token, in the mean over tokens. Range: from 1 ({@code ceil(k / slots per
 * GPU)} without spares) to the smaller of k and the GPUs. Dispatch and combine send a token to each
 * distinct destination once, so this is their volume. Where an expert has several replicas the
 * token uses those that make its price least: no router does with less.
 *
 * <p>Sums are integers, so a delta equals a recomputation exactly. Not safe for use by two threads
 * at once.
 */
public sealed interface TrafficCost permits CountedTraffic, CoveredTraffic {

  /** Counts every set once. */
  static TrafficCost of(TokenSets sets, Placement start, TrafficPrice price) {
    return start.cluster().slots() == start.experts()
        ? new CountedTraffic(sets, start, price)
        : new CoveredTraffic(sets, start, price);
  }

  /** Units of {@link #total} for a price of 1 and all tokens. */
  static long unitsPerToken() {
    return CalledSets.UNITS;
  }

  /** The price of all tokens, in units. */
  long total();

  /** Distinct GPUs a token, in the mean. */
  double gpusPerToken();

  /** Distinct nodes a token, in the mean. */
  double nodesPerToken();

  /**
   * What a change would add to {@link #total}. The change must be possible: replicas that it takes
   * away exist, and none that it adds. Without spares only swaps are.
   */
  long delta(HostChange change);

  /** Makes a change. */
  void apply(HostChange change);
}
