package coterie.analytics.kernel;

import java.util.Arrays;

/**
 * Finds the subsets of three experts and more that enough of some tokens call.
 *
 * <p>Eclat (Zaki, IEEE TKDE 12(3), 2000): depth first over subsets in ascending order, each with
 * the set of its tokens as a bitmap; a subset that grows by an expert is the intersection of two
 * bitmaps, and its count their common bits. Two departures. Pairs are not searched but known, of
 * all tokens and exactly, so a branch whose pairs are not all frequent is never entered. And for
 * each first expert the bitmaps are built anew over its own tokens only: with k of E experts a
 * token they are about E / k times shorter.
 *
 * <p>Time: tokens x k^2 / 2 to build, then (bitmap words) a candidate. Memory: ids and token lists
 * of the tokens, and k levels of E bitmaps over the tokens of one expert.
 */
final class SubsetMiner {

  /** Receives each subset; the array is reused. */
  interface Visitor {
    void subset(int[] experts, int size, int tokens);
  }

  private final FrequentPairs pairs;
  private final int topK;
  private final Visitor visitor;
  private final long[][][] bitmaps;
  private final int[] prefix;
  private int[] members = {};
  private int[] firstMember = {};
  private int minTokens;
  private int words;

  SubsetMiner(FrequentPairs pairs, int topK, Visitor visitor) {
    this.pairs = pairs;
    this.topK = topK;
    this.visitor = visitor;
    bitmaps = new long[topK][pairs.experts()][];
    prefix = new int[topK];
  }

  /** Visits every subset of three and more that at least {@code minTokens} of the tokens call. */
  void mine(PackedTokens tokens, int minTokens) {
    this.minTokens = minTokens;
    if (topK < 3 || pairs.fewerThanThree()) {
      return;
    }
    listMembers(tokens);
    for (int first = 0; first < pairs.experts(); first++) {
      int count = firstMember[first + 1] - firstMember[first];
      if (count >= minTokens) {
        mineFrom(first, count, tokens);
      }
    }
  }

  /** Tokens of each expert, one list behind the other. */
  private void listMembers(PackedTokens tokens) {
    int experts = pairs.experts();
    firstMember = new int[experts + 1];
    var ids = new int[topK];
    for (int token = 0; token < tokens.tokens(); token++) {
      int size = tokens.read(token, ids);
      for (int i = 0; i < size; i++) {
        firstMember[ids[i] + 1]++;
      }
    }
    for (int expert = 0; expert < experts; expert++) {
      firstMember[expert + 1] += firstMember[expert];
    }
    members = new int[firstMember[experts]];
    var next = Arrays.copyOf(firstMember, experts);
    for (int token = 0; token < tokens.tokens(); token++) {
      int size = tokens.read(token, ids);
      for (int i = 0; i < size; i++) {
        members[next[ids[i]]++] = token;
      }
    }
  }

  private void mineFrom(int first, int count, PackedTokens tokens) {
    words = (count + Long.SIZE - 1) / Long.SIZE;
    var level = bitmaps[0];
    var present = new boolean[pairs.experts()];
    var ids = new int[topK];
    for (int place = 0; place < count; place++) {
      int size = tokens.read(members[firstMember[first] + place], ids);
      for (int i = 0; i < size; i++) {
        int id = ids[i];
        if (id > first && pairs.contains(first, id)) {
          if (!present[id]) {
            level[id] = cleared(level[id]);
            present[id] = true;
          }
          level[id][place >> 6] |= 1L << place;
        }
      }
    }
    prefix[0] = first;
    grow(1, often(level, present));
  }

  private long[] cleared(long[] bitmap) {
    if (bitmap == null || bitmap.length < words) {
      return new long[words];
    }
    Arrays.fill(bitmap, 0, words, 0);
    return bitmap;
  }

  private int[] often(long[][] level, boolean[] present) {
    var often = new int[present.length];
    int size = 0;
    for (int id = 0; id < present.length; id++) {
      if (present[id] && count(level[id]) >= minTokens) {
        often[size++] = id;
      }
    }
    return Arrays.copyOf(often, size);
  }

  private int count(long[] bitmap) {
    int count = 0;
    for (int word = 0; word < words; word++) {
      count += Long.bitCount(bitmap[word]);
    }
    return count;
  }

  /**
   * Grows subsets by two experts: the one that {@code bitmaps[size - 1]} has already, and another.
   *
   * @param size of the prefix
   * @param last experts that the prefix may grow by, ascending
   */
  private void grow(int size, int[] last) {
    var level = bitmaps[size - 1];
    for (int i = 0; i < last.length; i++) {
      prefix[size] = last[i];
      var grown = new int[last.length - i];
      int many = 0;
      for (int j = i + 1; j < last.length; j++) {
        if (pairs.contains(last[i], last[j])) {
          int tokens = intersect(level[last[i]], level[last[j]], size, last[j]);
          if (tokens >= minTokens) {
            prefix[size + 1] = last[j];
            visitor.subset(prefix, size + 2, tokens);
            grown[many++] = last[j];
          }
        }
      }
      if (many > 1 && size + 2 < topK) {
        grow(size + 1, Arrays.copyOf(grown, many));
      }
    }
  }

  private int intersect(long[] one, long[] other, int depth, int expert) {
    var both = bitmaps[depth][expert];
    if (both == null || both.length < words) {
      both = new long[words];
      bitmaps[depth][expert] = both;
    }
    int count = 0;
    for (int word = 0; word < words; word++) {
      long common = one[word] & other[word];
      both[word] = common;
      count += Long.bitCount(common);
    }
    return count;
  }
}
