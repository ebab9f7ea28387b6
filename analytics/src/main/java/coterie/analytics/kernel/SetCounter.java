package coterie.analytics.kernel;

import java.util.Arrays;

/**
 * Counts distinct sets of experts: a hash table with open addressing over packed keys.
 *
 * <p>A set is its ascending ids, {@code ceil(log2(experts + 1))} bits each, padded with {@code
 * experts}, in as many 64-bit words as top-k ids need: one word up to 8 of 255, two for 10 of 512.
 */
final class SetCounter {

  /** Receives each distinct set; the array is reused. */
  interface Visitor {
    void set(int[] experts, int size, long tokens);
  }

  private static final int FIRST_CAPACITY = 1024;

  private final int experts;
  private final int topK;
  private final int bits;
  private final int idsPerWord;
  private final int words;
  private final long[] key;
  private long[] keys;
  private long[] counts;
  private int size;

  SetCounter(int experts, int topK) {
    this.experts = experts;
    this.topK = topK;
    bits = Integer.SIZE - Integer.numberOfLeadingZeros(experts);
    idsPerWord = Long.SIZE / bits;
    words = (topK + idsPerWord - 1) / idsPerWord;
    key = new long[words];
    keys = new long[FIRST_CAPACITY * words];
    counts = new long[FIRST_CAPACITY];
  }

  /** Distinct sets so far. */
  int size() {
    return size;
  }

  /** Counts a token; {@code ids[0 .. count)} in any order, sorted on return. */
  void add(int[] ids, int count) {
    sort(ids, count);
    Arrays.fill(key, 0);
    for (int i = 0; i < topK; i++) {
      long id = i < count ? ids[i] : experts;
      key[i / idsPerWord] |= id << (bits * (i % idsPerWord));
    }
    int slot = find(keys, counts, key, 0);
    if (counts[slot]++ == 0) {
      System.arraycopy(key, 0, keys, slot * words, words);
      if (++size > counts.length / 2) {
        grow();
      }
    }
  }

  /** Insertion sort: k is small. */
  private static void sort(int[] ids, int count) {
    for (int i = 1; i < count; i++) {
      int id = ids[i];
      int j = i;
      for (; j > 0 && ids[j - 1] > id; j--) {
        ids[j] = ids[j - 1];
      }
      ids[j] = id;
    }
  }

  private int find(long[] inKeys, long[] inCounts, long[] wanted, int from) {
    long hash = 0;
    for (int w = 0; w < words; w++) {
      hash = (hash ^ wanted[from + w]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    int mask = inCounts.length - 1;
    int slot = (int) hash & mask;
    while (inCounts[slot] != 0 && !equal(inKeys, slot * words, wanted, from)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean equal(long[] inKeys, int at, long[] wanted, int from) {
    return Arrays.equals(inKeys, at, at + words, wanted, from, from + words);
  }

  private void grow() {
    var newKeys = new long[2 * keys.length];
    var newCounts = new long[2 * counts.length];
    for (int slot = 0; slot < counts.length; slot++) {
      if (counts[slot] != 0) {
        int to = find(newKeys, newCounts, keys, slot * words);
        newCounts[to] = counts[slot];
        System.arraycopy(keys, slot * words, newKeys, to * words, words);
      }
    }
    keys = newKeys;
    counts = newCounts;
  }

  /** Visits every distinct set, in no particular order. */
  void forEach(Visitor visitor) {
    var ids = new int[topK];
    for (int slot = 0; slot < counts.length; slot++) {
      if (counts[slot] != 0) {
        int count = 0;
        for (int i = 0; i < topK; i++) {
          long word = keys[slot * words + i / idsPerWord];
          int id = (int) (word >>> (bits * (i % idsPerWord))) & ((1 << bits) - 1);
          if (id != experts) {
            ids[count++] = id;
          }
        }
        visitor.set(ids, count, counts[slot]);
      }
    }
  }
}
