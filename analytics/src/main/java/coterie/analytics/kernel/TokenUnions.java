package coterie.analytics.kernel;

import coterie.analytics.table.UnionSizeTable;
import java.util.BitSet;
import java.util.List;

/** Draws steps of tokens uniformly with replacement; {@link UnionSizeTable} defines the draws. */
final class TokenUnions {

  private TokenUnions() {}

  /**
   * Sizes of the unions of {@code batches} steps at every batch size.
   *
   * <p>A step stops at the tokens beyond which its union has all experts that any token calls: with
   * 32 experts that is after some dozens of 1,024.
   */
  static List<UnionSizes> draw(DistinctSets pool, int experts, int batches, long seed) {
    var sets = pool.sets();
    int[] setAt = places(pool);
    var union = new UnionDraw(experts, distinct(pool), UnionSizeTable.BATCHES.size());
    long start = Hashes.start(seed);
    for (int batch = 0; batch < batches; batch++) {
      long key = Hashes.with(start, batch);
      union.begin();
      for (int draw = 0; !union.settled(); draw++) {
        int place = Math.floorMod(Hashes.with(key, draw), setAt.length);
        union.add(sets.get(setAt[place]).experts());
      }
      union.end();
    }
    return union.sizes();
  }

  private static int[] places(DistinctSets pool) {
    long places = pool.sets().stream().mapToLong(DistinctSets.Counted::tokens).sum();
    var setAt = new int[Math.toIntExact(places)];
    int at = 0;
    for (int set = 0; set < pool.sets().size(); set++) {
      for (long i = pool.sets().get(set).tokens(); i > 0; i--) {
        setAt[at++] = set;
      }
    }
    return setAt;
  }

  private static int distinct(DistinctSets pool) {
    var called = new BitSet();
    pool.sets().forEach(set -> mark(set.experts(), called));
    return called.cardinality();
  }

  private static void mark(short[] experts, BitSet called) {
    for (short expert : experts) {
      called.set(expert);
    }
  }
}
