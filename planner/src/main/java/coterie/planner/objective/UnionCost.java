package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.model.StepUnions;
import java.util.List;

/**
 * The expected number of distinct experts on the busiest GPU under exact routing, kept up to date
 * while a search edits the placement.
 *
 * <p>Unit: experts. Range: from {@code E[ceil(n / G)]}, n the distinct experts of a step on G GPUs,
 * to the slots of a GPU. As long as reading weights bounds it, a decode step takes a constant plus
 * this many expert reads. Over several batch sizes the cost is the mean of their costs.
 *
 * <p>By Hall's theorem the optimum of a step is the largest {@code ceil(confined(T) / |T|)} over
 * sets T of GPUs, {@code confined(T)} the active experts that have all their replicas in T. A
 * {@link HostChange} adds at most one expert to what any T confines, and takes at most one away, so
 * it changes the optimum of a step by at most one. Both implementations build on that.
 *
 * <p>Sums are integers, so a delta equals a recomputation exactly. Not safe for use by two threads
 * at once.
 */
public sealed interface UnionCost extends SearchCost
    permits HallUnionCost, WitnessUnionCost, ReachUnionCost {

  /**
   * Routes every step once.
   *
   * @param batchSizes the steps of each batch size, all of one layer; each has the same share
   */
  static UnionCost of(List<StepUnions> batchSizes, Placement start) {
    return of(new StepMix(batchSizes), start);
  }

  /**
   * Routes every step once.
   *
   * @param batchSizes the steps of each batch size, all of one layer
   * @param shares {@code [batchSizes]} weight of each in the cost, above 0; their ratio matters
   */
  static UnionCost of(List<StepUnions> batchSizes, double[] shares, Placement start) {
    return of(new StepMix(batchSizes, shares), start);
  }

  private static UnionCost of(StepMix mix, Placement start) {
    return start.cluster().gpus() <= ReachUnionCost.MAX_GPUS
        ? new ReachUnionCost(mix, start)
        : new WitnessUnionCost(mix, start);
  }

  /** The cost in experts. */
  default double experts() {
    return value();
  }
}
