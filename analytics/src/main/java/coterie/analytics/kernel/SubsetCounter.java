package coterie.analytics.kernel;

import java.util.List;

/**
 * Counts given subsets in some tokens: a bitmap of tokens for each expert, and along the sorted
 * subsets the intersections of the prefix that each has in common with the one before.
 */
final class SubsetCounter {

  private final List<ExpertSubset> subsets;
  private final int experts;
  private final long[] counts;

  /**
   * Counters at 0.
   *
   * @param subsets ascending
   */
  SubsetCounter(List<ExpertSubset> subsets, int experts) {
    this.subsets = subsets;
    this.experts = experts;
    counts = new long[subsets.size()];
  }

  void add(PackedTokens tokens) {
    int words = (tokens.tokens() + Long.SIZE - 1) / Long.SIZE;
    var callers = callers(tokens, words);
    var stack = new long[tokens.topK() + 1][];
    ExpertSubset before = null;
    for (int i = 0; i < counts.length; i++) {
      var subset = subsets.get(i);
      int common = before == null ? 0 : subset.commonPrefix(before);
      for (int size = common; size < subset.size(); size++) {
        var own = callers[subset.expert(size)];
        stack[size + 1] = size == 0 ? own : and(stack[size], own, stack[size + 1], words);
      }
      counts[i] += count(stack[subset.size()]);
      before = subset;
    }
  }

  private long[][] callers(PackedTokens tokens, int words) {
    var callers = new long[experts][words];
    var ids = new int[tokens.topK()];
    for (int token = 0; token < tokens.tokens(); token++) {
      int size = tokens.read(token, ids);
      for (int i = 0; i < size; i++) {
        callers[ids[i]][token >> 6] |= 1L << token;
      }
    }
    return callers;
  }

  private static long[] and(long[] prefix, long[] own, long[] reused, int words) {
    var into = reused == null ? new long[words] : reused;
    for (int word = 0; word < words; word++) {
      into[word] = prefix[word] & own[word];
    }
    return into;
  }

  private static long count(long[] bitmap) {
    long count = 0;
    for (long word : bitmap) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** Tokens that called each subset, in their order; not copied. */
  long[] counts() {
    return counts;
  }
}
