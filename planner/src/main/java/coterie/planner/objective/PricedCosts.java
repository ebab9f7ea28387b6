package coterie.planner.objective;

import java.util.List;

/**
 * A cost plus others at a price each, cheap ones weighed first.
 *
 * <p>The product of price and cost is rounded to units as a whole, so that deltas still equal
 * recomputation.
 */
public final class PricedCosts implements SearchCost {

  /**
   * A term beside the main cost.
   *
   * @param price natural units of the main cost for one of {@code cost}, at least 0
   */
  public record Term(SearchCost cost, double price) {}

  private final SearchCost main;
  private final List<Term> terms;

  public PricedCosts(SearchCost main, List<Term> terms) {
    this.main = main;
    this.terms = List.copyOf(terms);
  }

  private static long priced(Term term, long units) {
    return Math.round(term.price() * units);
  }

  @Override
  public long total() {
    long total = main.total();
    for (var term : terms) {
      total += priced(term, term.cost().total());
    }
    return total;
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    long sum = 0;
    for (var term : terms) {
      long before = term.cost().total();
      long after = before + term.cost().delta(change, OVER_LIMIT - 1);
      sum += priced(term, after) - priced(term, before);
    }
    long left = sum < 0 && limitUnits > OVER_LIMIT - 1 + sum ? OVER_LIMIT - 1 : limitUnits - sum;
    long delta = main.delta(change, left);
    return delta == OVER_LIMIT ? OVER_LIMIT : delta + sum;
  }

  @Override
  public void apply(HostChange change) {
    main.apply(change);
    terms.forEach(term -> term.cost().apply(change));
  }
}
