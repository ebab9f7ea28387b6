package coterie.analytics.kernel;

import java.io.Serializable;

/** The exact counts of a layer that other statistics of it are measured by. */
public final class LayerSummary implements Serializable {

  private static final long serialVersionUID = 1;

  private final long[] loads;
  private final long[] sizes;
  private final FrequentPairs frequent;

  private LayerSummary(long[] loads, long[] sizes, FrequentPairs frequent) {
    this.loads = loads;
    this.sizes = sizes;
    this.frequent = frequent;
  }

  /**
   * Of merged counts.
   *
   * @param minTokens tokens of a frequent pair
   */
  public static LayerSummary of(LayerCounts counts, long minTokens) {
    return new LayerSummary(counts.loads(), counts.sizes(), FrequentPairs.of(counts, minTokens));
  }

  /** Tokens that called an expert. */
  long load(int expert) {
    return loads[expert];
  }

  int experts() {
    return loads.length;
  }

  /** Tokens that call {@code size} experts. */
  long tokensOfSize(int size) {
    return sizes[size];
  }

  int topK() {
    return sizes.length - 1;
  }

  /** Pairs that are frequent. */
  public int frequentPairs() {
    return frequent.size();
  }

  FrequentPairs frequent() {
    return frequent;
  }
}
