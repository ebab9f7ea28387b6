package coterie.analytics.kernel;

import coterie.analytics.table.UnionSizeTable;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A uniform sample of the requests of a leaf with a uniform sample of the tokens of each: those of
 * the lowest hashes, so that the pool of all partitions is that of their pools; {@link
 * UnionSizeTable} defines it.
 */
public final class RequestPool implements Serializable {

  private static final long serialVersionUID = 1;

  private record Ranked(long hash, String requestId) implements Comparable<Ranked>, Serializable {
    @Override
    public int compareTo(Ranked other) {
      int order = Long.compare(hash, other.hash);
      return order != 0
          ? order
          : Arrays.compareUnsigned(
              requestId.getBytes(StandardCharsets.UTF_8),
              other.requestId.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** A token that was kept; not a record because of its array. */
  private static final class Kept implements Comparable<Kept>, Serializable {

    private static final long serialVersionUID = 1;

    /** Its hash, by which tokens are kept. */
    private final long key;

    private final int position;

    /** Its experts in each layer. */
    private final short[][] layers;

    Kept(long key, int position, short[][] layers) {
      this.key = key;
      this.position = position;
      this.layers = layers;
    }

    @Override
    public int compareTo(Kept other) {
      int order = Long.compare(key, other.key);
      return order != 0 ? order : Integer.compare(position, other.position);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Kept that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(key);
    }
  }

  private final TreeMap<Ranked, List<Kept>> requests = new TreeMap<>();
  private long tokens;

  /** Adds a block, as far as its request and its tokens are among the lowest. */
  void add(Block block, TokenSampler sampler, int topK) {
    long key = sampler.requestKey(block.requestId());
    var ranked = new Ranked(key, block.requestId());
    if (requests.size() == UnionSizeTable.POOL_REQUESTS
        && ranked.compareTo(requests.lastKey()) > 0) {
      return;
    }
    var kept = requests.computeIfAbsent(ranked, r -> new ArrayList<>());
    for (int token : lowest(block, sampler, key, kept)) {
      int position = block.firstPosition() + token;
      insert(kept, new Kept(sampler.tokenKey(key, position), position, layers(block, token, topK)));
    }
    cut();
  }

  /** Tokens of the block that are among the lowest of the block and those kept before. */
  private static int[] lowest(Block block, TokenSampler sampler, long key, List<Kept> kept) {
    var keys = new long[block.tokens()];
    for (int token = 0; token < keys.length; token++) {
      keys[token] = sampler.tokenKey(key, block.firstPosition() + token);
    }
    var sorted = keys.clone();
    Arrays.sort(sorted);
    long limit = sorted[Math.min(UnionSizeTable.POOL_POSITIONS, sorted.length) - 1];
    boolean full = kept.size() == UnionSizeTable.POOL_POSITIONS;
    long last = full ? kept.get(kept.size() - 1).key : Long.MAX_VALUE;
    return IntStream.range(0, keys.length)
        .filter(token -> keys[token] <= limit && keys[token] <= last)
        .toArray();
  }

  private static short[][] layers(Block block, int token, int topK) {
    var layers = new short[block.experts().layers()][];
    var ids = new int[topK];
    for (int layer = 0; layer < layers.length; layer++) {
      int size = block.experts().read(layer, token, ids);
      layers[layer] = new short[size];
      for (int i = 0; i < size; i++) {
        layers[layer][i] = (short) ids[i];
      }
    }
    return layers;
  }

  private void insert(List<Kept> kept, Kept token) {
    int at = Collections.binarySearch(kept, token);
    kept.add(at < 0 ? -at - 1 : at, token);
    tokens++;
    if (kept.size() > UnionSizeTable.POOL_POSITIONS) {
      kept.remove(kept.size() - 1);
      tokens--;
    }
  }

  private void cut() {
    while (requests.size() > UnionSizeTable.POOL_REQUESTS) {
      tokens -= requests.pollLastEntry().getValue().size();
    }
  }

  /** Adds the pool of other partitions. */
  public RequestPool merge(RequestPool other) {
    other.requests.forEach(
        (ranked, tokens) -> {
          var kept = requests.computeIfAbsent(ranked, r -> new ArrayList<>());
          tokens.forEach(token -> insert(kept, token));
        });
    cut();
    return this;
  }

  int requests() {
    return requests.size();
  }

  /** Tokens that are kept of all requests. */
  long tokens() {
    return tokens;
  }

  /** Experts of the kept tokens of each request in a layer: {@code [request][token][]}. */
  short[][][] layer(int layer) {
    return requests.values().stream()
        .map(kept -> kept.stream().map(token -> token.layers[layer]).toArray(short[][]::new))
        .toArray(short[][][]::new);
  }

  /** Memory of a kept token, about. */
  static long tokenBytes(int layers, int topK) {
    return 64L + layers * (24L + 2L * topK);
  }
}
