package coterie.analytics.kernel;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/**
 * The counts of a partition of {@code routing}, drained as often as they reach their limit: memory
 * does not grow with tokens, however many leaves take turns in a partition.
 */
final class BlockCounts<V> implements Iterator<V> {

  private final Iterator<Row> rows;
  private final Map<Leaf, LeafPlan> plans;
  private final Accumulator<V> accumulator;
  private final long maxBytes;
  private Iterator<V> drained = Collections.emptyIterator();
  private boolean filled;

  BlockCounts(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, Accumulator<V> accumulator, long maxBytes) {
    this.rows = rows;
    this.plans = plans;
    this.accumulator = accumulator;
    this.maxBytes = maxBytes;
  }

  @Override
  public boolean hasNext() {
    while (!drained.hasNext() && (rows.hasNext() || filled)) {
      while (rows.hasNext() && accumulator.bytes() < maxBytes) {
        var row = rows.next();
        var leaf = Leaf.of(row);
        accumulator.add(Block.of(row, leaf, plans.get(leaf).model()));
        filled = true;
      }
      drained = accumulator.drain();
      filled = false;
    }
    return drained.hasNext();
  }

  @Override
  public V next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return drained.next();
  }
}
