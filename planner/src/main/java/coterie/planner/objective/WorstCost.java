package coterie.planner.objective;

import java.util.List;

/**
 * The highest of several costs, such as those of one placement on several data sets.
 *
 * <p>A change is priced on each of them, and given up at the first that exceeds what the highest
 * may become.
 */
public final class WorstCost implements SearchCost {

  private final List<SearchCost> costs;

  public WorstCost(List<? extends SearchCost> costs) {
    this.costs = List.copyOf(costs);
  }

  @Override
  public long total() {
    return costs.stream().mapToLong(SearchCost::total).max().orElseThrow();
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    long now = total();
    long limit = limitUnits > OVER_LIMIT - 1 - now ? OVER_LIMIT - 1 : now + limitUnits;
    long after = Long.MIN_VALUE;
    for (var cost : costs) {
      long delta = cost.delta(change, limit - cost.total());
      if (delta == OVER_LIMIT) {
        return OVER_LIMIT;
      }
      after = Math.max(after, cost.total() + delta);
    }
    return after - now;
  }

  @Override
  public void apply(HostChange change) {
    costs.forEach(cost -> cost.apply(change));
  }
}
