package coterie.analytics;

import coterie.analytics.sql.SubsetEngine;

/**
 * What counts.
 *
 * @param bySql true for SQL over {@code activation}, false for kernels over {@code routing}
 * @param engine of frequent subsets, where SQL counts
 */
public record Compute(boolean bySql, SubsetEngine engine) {

  public static final Compute KERNEL = new Compute(false, SubsetEngine.LEVELS);

  /** SQL over rows. */
  public static Compute sql(SubsetEngine engine) {
    return new Compute(true, engine);
  }
}
