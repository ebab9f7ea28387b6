package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The subsets of three and more that some parts of a layer's tokens suggest.
 *
 * <p>Savasere, Omiecinski, Navathe (VLDB 1995): a subset that is frequent in all is frequent, at
 * the same share, in at least one part. So parts of bounded size are mined each by itself, and what
 * no part suggests is not frequent. A subset that every part suggests is counted already; of the
 * others the parts that did not suggest it bound the count from above, and what may still be
 * frequent is counted in a second pass. A layer that is one part needs none.
 *
 * <p>Tokens that do not fill a part wait, and are put together with those of other partitions: a
 * part of a few tokens would suggest nearly everything it holds.
 */
public final class FoundSubsets implements Serializable {

  private static final long serialVersionUID = 1;

  /** Tokens of a part: from this many up to twice as many. */
  static final int PART_TOKENS = 1 << 16;

  /** Tokens in the parts that suggested a subset, and those of them that called it. */
  private static final class Found implements Serializable {

    private static final long serialVersionUID = 1;

    private long tokens;
    private long partTokens;
  }

  private final FrequentPairs pairs;
  private final int topK;
  private final long minTokens;
  private final long allTokens;
  private final int partSize;
  private final Map<ExpertSubset, Found> found = new HashMap<>();
  private PackedTokens waiting;

  /**
   * Of no tokens yet.
   *
   * @param pairs of all tokens of the layer
   * @param minTokens of all tokens that must call a subset
   * @param allTokens of the layer
   */
  FoundSubsets(FrequentPairs pairs, int topK, long minTokens, long allTokens, int partSize) {
    this.pairs = pairs;
    this.topK = topK;
    this.minTokens = minTokens;
    this.allTokens = allTokens;
    this.partSize = partSize;
    waiting = new PackedTokens(topK);
  }

  void add(LayerSlice slice) {
    for (int token = 0; token < slice.tokens(); token++) {
      waiting.add(slice, token);
    }
    minePartIfFull();
  }

  /** Adds those of other partitions. */
  public FoundSubsets merge(FoundSubsets other) {
    other.found.forEach((subset, more) -> add(subset, more.tokens, more.partTokens));
    waiting.addAll(other.waiting);
    minePartIfFull();
    return this;
  }

  private void minePartIfFull() {
    while (waiting.tokens() >= 2 * partSize) {
      mine(waiting.cutLast(partSize));
    }
  }

  /** Mines what still waits, when no more comes. */
  public FoundSubsets finish() {
    if (waiting.tokens() > 0) {
      mine(waiting);
      waiting = new PackedTokens(topK);
    }
    return this;
  }

  private void mine(PackedTokens part) {
    long scaled = Math.multiplyExact(minTokens, (long) part.tokens());
    int least = (int) Math.max(1, (scaled + allTokens - 1) / allTokens);
    new SubsetMiner(
            pairs,
            topK,
            (experts, size, tokens) -> add(subset(experts, size), tokens, part.tokens()))
        .mine(part, least);
  }

  private static ExpertSubset subset(int[] experts, int size) {
    var ids = new short[size];
    for (int i = 0; i < size; i++) {
      ids[i] = (short) experts[i];
    }
    return new ExpertSubset(ids);
  }

  private void add(ExpertSubset subset, long tokens, long partTokens) {
    var sum = found.computeIfAbsent(subset, s -> new Found());
    sum.tokens += tokens;
    sum.partTokens += partTokens;
  }

  /** Frequent subsets whose count is known. */
  public Map<ExpertSubset, Long> counted() {
    var counted = new HashMap<ExpertSubset, Long>();
    found.forEach(
        (subset, sum) -> {
          if (sum.partTokens == allTokens && sum.tokens >= minTokens) {
            counted.put(subset, sum.tokens);
          }
        });
    return counted;
  }

  /** Subsets that may be frequent but must be counted, ascending. */
  public List<ExpertSubset> uncounted() {
    var uncounted = new ArrayList<ExpertSubset>();
    found.forEach(
        (subset, sum) -> {
          long elsewhere = allTokens - sum.partTokens;
          // Every part that did not suggest it has less than its share of the least count.
          boolean possible =
              (double) sum.tokens + (double) minTokens * elsewhere / allTokens >= minTokens;
          if (elsewhere > 0 && possible) {
            uncounted.add(subset);
          }
        });
    uncounted.sort(null);
    return uncounted;
  }

  long minTokens() {
    return minTokens;
  }

  /** Memory of what waits. */
  long bytes() {
    return waiting.bytes();
  }

  /** Gives back the room that no token needs. */
  FoundSubsets trim() {
    waiting.trim();
    return this;
  }
}
