package coterie.planner.algorithm;

import coterie.planner.bound.BalanceBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.search.BalanceSearch;
import coterie.planner.search.SearchBudget;

/**
 * Token balance alone, close to the best there is: {@link LptPacking}, then {@link BalanceSearch}
 * down to the certificate.
 *
 * <p>The search ends within {@link #TOLERANCE} of the certificate or after {@link #MOST_ROUNDS}.
 */
final class LoadBalance {

  /** Relative to the certificate. */
  static final double TOLERANCE = 2e-4;

  /** Rounds after which a certificate that is not met is taken to be loose. */
  static final long MOST_ROUNDS = 400;

  private LoadBalance() {}

  /** Places experts anywhere. */
  static int[] flat(Cluster cluster, double[] load, SearchBudget budget, SeededRandom random) {
    var start = Placement.of(cluster, load.length, LptPacking.slots(cluster, load));
    double goal = BalanceBound.of(cluster, load).tokens() * (1 + TOLERANCE);
    var rounds = new SearchBudget(Math.min(budget.proposals(), MOST_ROUNDS), budget.stop());
    return BalanceSearch.improve(start, load, goal, rounds, random).toArray();
  }
}
