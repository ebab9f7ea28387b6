package coterie.analytics.kernel;

/** What makes a subset of experts frequent; {@code ExpertSubsetTable} says it in words. */
public final class Subsets {

  private Subsets() {}

  /** Tokens that must call a subset. */
  public static long minTokens(double minSupport, long layerTokens) {
    return Math.max(1, (long) Math.ceil(minSupport * layerTokens));
  }
}
