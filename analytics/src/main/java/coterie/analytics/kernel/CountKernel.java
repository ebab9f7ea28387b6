package coterie.analytics.kernel;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Counts a partition of {@code routing}: one pass over its blocks into dense counters, which leave
 * a layer at a time.
 *
 * <p>Per token and layer: k (k - 1) / 2 updates for pairs, k x k for transitions, k for loads. A
 * leaf takes about 8 E x E bytes a layer (two squares of int), and counters are given away when all
 * leaves together reach {@link #MAX_BYTES}.
 */
public final class CountKernel
    implements PairFlatMapFunction<Iterator<Row>, LeafLayer, LayerCounts> {

  private static final long serialVersionUID = 1;

  /** Counters that a task holds at once, about. */
  static final long MAX_BYTES = 128L << 20;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;

  /** A kernel for the given leaves; blocks of others are an error. */
  public CountKernel(Broadcast<Map<Leaf, LeafPlan>> plans) {
    this.plans = plans;
  }

  @Override
  public Iterator<Tuple2<LeafLayer, LayerCounts>> call(Iterator<Row> rows) {
    return count(rows, plans.value(), MAX_BYTES);
  }

  static Iterator<Tuple2<LeafLayer, LayerCounts>> count(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, long maxBytes) {
    return new BlockCounts<>(rows, plans, new Counters(plans), maxBytes);
  }

  private static final class Counters implements Accumulator<Tuple2<LeafLayer, LayerCounts>> {

    private final Map<Leaf, LeafPlan> plans;
    private Map<Leaf, LeafCounter> counters = new LinkedHashMap<>();
    private long bytes;

    Counters(Map<Leaf, LeafPlan> plans) {
      this.plans = plans;
    }

    @Override
    public void add(Block block) {
      var counter = counters.get(block.leaf());
      if (counter == null) {
        counter = new LeafCounter(plans.get(block.leaf()));
        counters.put(block.leaf(), counter);
        bytes += counter.bytes();
      }
      counter.add(block);
    }

    /** What counters weigh when they are new: they hardly grow. */
    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public Iterator<Tuple2<LeafLayer, LayerCounts>> drain() {
      var full = counters;
      counters = new LinkedHashMap<>();
      bytes = 0;
      return full.entrySet().stream()
          .flatMap(
              entry ->
                  IntStream.range(0, entry.getValue().layers())
                      .mapToObj(
                          layer ->
                              new Tuple2<>(
                                  new LeafLayer(entry.getKey(), layer),
                                  entry.getValue().counts(layer))))
          .iterator();
    }
  }
}
