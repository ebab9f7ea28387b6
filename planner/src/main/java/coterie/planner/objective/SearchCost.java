package coterie.planner.objective;

/**
 * A cost that is kept up to date while a search edits a placement, one {@link HostChange} at a
 * time.
 *
 * <p>The unit is set by the implementation: {@link #UNITS} of {@link #total} are one natural unit
 * (an expert on the busiest GPU, a distinct GPU of a token). Sums are integers, so that a delta
 * equals a recomputation exactly and any order of changes ends at the same total. Not safe for use
 * by two threads at once.
 */
public interface SearchCost {

  /** Integer units in one natural unit of a cost. */
  long UNITS = 1L << 40;

  /** Answer of {@link #delta} for a change that exceeds its limit, by an unknown amount. */
  long OVER_LIMIT = Long.MAX_VALUE;

  /** The cost in units. */
  long total();

  /** The cost in natural units. */
  default double value() {
    return (double) total() / UNITS;
  }

  /**
   * What a change would add to {@link #total}. The change must be possible: replicas that it takes
   * away exist, and none that it adds.
   *
   * @param limitUnits the caller does not care by how much the answer exceeds this
   * @return the exact difference in units, or {@link #OVER_LIMIT}
   */
  long delta(HostChange change, long limitUnits);

  /** Makes a change. */
  void apply(HostChange change);
}
