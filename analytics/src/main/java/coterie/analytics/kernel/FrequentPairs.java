package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.BitSet;

/** The pairs of experts that enough tokens called for a larger subset with both to be frequent. */
final class FrequentPairs implements Serializable {

  private static final long serialVersionUID = 1;

  private final int experts;
  private final BitSet pairs;

  private FrequentPairs(int experts, BitSet pairs) {
    this.experts = experts;
    this.pairs = pairs;
  }

  static FrequentPairs of(LayerCounts counts, long minTokens) {
    int experts = counts.experts();
    var pairs = new BitSet(experts * experts);
    for (int a = 0; a < experts; a++) {
      for (int b = a + 1; b < experts; b++) {
        pairs.set(a * experts + b, counts.pair(a, b) >= minTokens);
      }
    }
    return new FrequentPairs(experts, pairs);
  }

  /** True for a frequent pair, {@code a < b}. */
  boolean contains(int a, int b) {
    return pairs.get(a * experts + b);
  }

  int experts() {
    return experts;
  }

  int size() {
    return pairs.cardinality();
  }

  /** True if no subset of three can be frequent because fewer than three pairs are. */
  boolean fewerThanThree() {
    return size() < 3;
  }
}
