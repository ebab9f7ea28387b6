package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.Arrays;

/** The activation sets of some tokens in one layer; it grows at its end. */
public final class PackedTokens implements Serializable {

  private static final long serialVersionUID = 1;
  private static final short ABSENT = -1;
  private static final int FIRST_TOKENS = 64;

  private final int topK;
  private short[] ids;
  private int tokens;

  PackedTokens(int topK) {
    this.topK = topK;
    ids = new short[FIRST_TOKENS * topK];
  }

  void add(LayerSlice slice, int token) {
    ensure(tokens + 1);
    int from = token * topK;
    int to = tokens * topK;
    int size = slice.size(token);
    for (int i = 0; i < topK; i++) {
      ids[to + i] = i < size ? (short) slice.ids()[from + i] : ABSENT;
    }
    tokens++;
  }

  void addAll(PackedTokens others) {
    ensure(tokens + others.tokens);
    System.arraycopy(others.ids, 0, ids, tokens * topK, others.tokens * topK);
    tokens += others.tokens;
  }

  private void ensure(int wanted) {
    if (ids.length < wanted * topK) {
      ids = Arrays.copyOf(ids, Math.max(wanted, 2 * (ids.length / topK)) * topK);
    }
  }

  /** Takes out the last {@code count} tokens. */
  PackedTokens cutLast(int count) {
    var last = new PackedTokens(topK);
    last.ensure(count);
    System.arraycopy(ids, (tokens - count) * topK, last.ids, 0, count * topK);
    last.tokens = count;
    tokens -= count;
    return last;
  }

  /** Gives back the room that no token needs. */
  PackedTokens trim() {
    ids = Arrays.copyOf(ids, tokens * topK);
    return this;
  }

  int tokens() {
    return tokens;
  }

  int topK() {
    return topK;
  }

  /** Copies the experts of a token and returns how many there are. */
  int read(int token, int[] into) {
    int size = 0;
    for (int i = token * topK; i < (token + 1) * topK && ids[i] != ABSENT; i++) {
      into[size++] = ids[i];
    }
    return size;
  }

  long bytes() {
    return (long) ids.length * Short.BYTES;
  }
}
