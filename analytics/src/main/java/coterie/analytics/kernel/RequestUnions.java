package coterie.analytics.kernel;

import coterie.analytics.table.UnionSizeTable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws steps of tokens of distinct requests at their own positions; {@link UnionSizeTable} defines
 * the draws. A step takes the same tokens in every layer.
 */
final class RequestUnions {

  /** Bits of a sort key that number the request: pools have at most 4,096. */
  private static final int REQUEST_BITS = 12;

  private static final long REQUEST_MASK = (1L << REQUEST_BITS) - 1;

  private final RequestPool pool;
  private final int layers;
  private final int experts;

  RequestUnions(RequestPool pool, int layers, int experts) {
    this.pool = pool;
    this.layers = layers;
    this.experts = experts;
  }

  /** How many of the batch sizes so many requests allow: up to a quarter of them. */
  static int availableSizes(long requests) {
    return (int)
        UnionSizeTable.BATCHES.stream()
            .filter(batch -> (long) UnionSizeTable.REQUESTS_PER_TOKEN * batch <= requests)
            .count();
  }

  /**
   * Sizes of the unions of {@code batches} steps, by layer and batch size.
   *
   * @param sizes batch sizes to draw, the first of {@link UnionSizeTable#BATCHES}, at least one
   */
  List<List<UnionSizes>> draw(int sizes, int batches, long seed) {
    var tokens = IntStream.range(0, layers).mapToObj(pool::layer).toArray(short[][][][]::new);
    var unions =
        Arrays.stream(tokens)
            .map(layer -> new UnionDraw(experts, distinct(layer), sizes))
            .toArray(UnionDraw[]::new);
    int most = UnionSizeTable.BATCHES.get(sizes - 1);
    long start = Hashes.start(seed);
    for (int batch = 0; batch < batches; batch++) {
      long key = Hashes.with(start, batch);
      int[] requests = first(key, most);
      int[] chosen = chooseTokens(key, requests, tokens[0]);
      for (int layer = 0; layer < layers; layer++) {
        draw(unions[layer], requests, chosen, tokens[layer]);
      }
    }
    return Arrays.stream(unions).map(UnionDraw::sizes).toList();
  }

  private static void draw(UnionDraw union, int[] requests, int[] chosen, short[][][] tokens) {
    union.begin();
    for (int i = 0; i < requests.length && !union.settled(); i++) {
      union.add(tokens[requests[i]][chosen[i]]);
    }
    union.end();
  }

  private static int[] chooseTokens(long key, int[] requests, short[][][] tokens) {
    var chosen = new int[requests.length];
    for (int i = 0; i < chosen.length; i++) {
      long hash = Hashes.with(Hashes.with(key, requests[i]), 1);
      chosen[i] = Math.floorMod(hash, tokens[requests[i]].length);
    }
    return chosen;
  }

  /** The requests of the lowest hashes, in that order, ties by number. */
  private int[] first(long key, int count) {
    var hashes = new long[pool.requests()];
    var order = new long[hashes.length];
    for (int request = 0; request < hashes.length; request++) {
      hashes[request] = Hashes.with(key, request);
      order[request] = (hashes[request] & ~REQUEST_MASK) | request;
    }
    Arrays.sort(order);
    var first = new int[hashes.length];
    for (int i = 0; i < first.length; i++) {
      int request = (int) (order[i] & REQUEST_MASK);
      // The sort has seen all but the last bits of a hash; where those decide, they decide here.
      int at = i;
      for (; at > 0 && hashes[first[at - 1]] > hashes[request]; at--) {
        first[at] = first[at - 1];
      }
      first[at] = request;
    }
    return Arrays.copyOf(first, count);
  }

  private static int distinct(short[][][] tokens) {
    var called = new BitSet();
    for (short[][] request : tokens) {
      for (short[] token : request) {
        for (short expert : token) {
          called.set(expert);
        }
      }
    }
    return called.cardinality();
  }
}
