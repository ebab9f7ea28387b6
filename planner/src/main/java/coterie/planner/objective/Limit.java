package coterie.planner.objective;

/**
 * A cost that must not exceed a bound.
 *
 * @param term what is limited, for messages
 * @param cost of the placement that is searched
 * @param most highest value allowed, in natural units
 */
public record Limit(String term, SearchCost cost, double most) {

  private long mostUnits() {
    return (long) Math.floor(most * SearchCost.UNITS);
  }

  /** By how many units the bound is exceeded now; 0 if it is kept. */
  public long excess() {
    return Math.max(0, cost.total() - mostUnits());
  }

  /** By how many it would be after a change. */
  public long excessAfter(HostChange change) {
    return Math.max(0, cost.total() + cost.delta(change, Long.MAX_VALUE - 1) - mostUnits());
  }
}
