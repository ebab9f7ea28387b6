package coterie.planner.search;

import java.util.function.BooleanSupplier;

/**
 * How long a search may go on.
 *
 * <p>A search that ends by {@code proposals} is deterministic; one that {@code stop} ends returns
 * the best placement so far.
 *
 * @param proposals moves that are tried, at least 1
 * @param stop asked now and then; true ends the search
 */
public record SearchBudget(long proposals, BooleanSupplier stop) {

  public SearchBudget {
    if (proposals < 1) {
      throw new IllegalArgumentException("proposals is " + proposals + ", must be at least 1");
    }
  }

  /** A budget without a clock: same seed, same answer. */
  public static SearchBudget ofProposals(long proposals) {
    return new SearchBudget(proposals, () -> false);
  }

  /** A share of this budget, with the same stop signal; at least one proposal. */
  public SearchBudget share(double fraction) {
    return new SearchBudget(Math.max(1, Math.round(fraction * proposals)), stop);
  }
}
