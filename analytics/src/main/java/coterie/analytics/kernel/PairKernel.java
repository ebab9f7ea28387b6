package coterie.analytics.kernel;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Counts nothing but pairs in a partition of {@code routing}: what a comparison of ways to count
 * pairs must measure. {@link CountKernel} counts them with all else.
 */
public final class PairKernel implements PairFlatMapFunction<Iterator<Row>, LeafLayer, long[]> {

  private static final long serialVersionUID = 1;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;

  public PairKernel(Broadcast<Map<Leaf, LeafPlan>> plans) {
    this.plans = plans;
  }

  @Override
  public Iterator<Tuple2<LeafLayer, long[]>> call(Iterator<Row> rows) {
    return new BlockCounts<>(rows, plans.value(), new Pairs(plans.value()), Long.MAX_VALUE);
  }

  /** Adds the counts of other partitions. */
  public static long[] merge(long[] one, long[] other) {
    return RecountKernel.merge(one, other);
  }

  private static final class Pairs implements Accumulator<Tuple2<LeafLayer, long[]>> {

    private final Map<Leaf, LeafPlan> plans;
    private final Map<LeafLayer, PairCounter> counters = new HashMap<>();

    Pairs(Map<Leaf, LeafPlan> plans) {
      this.plans = plans;
    }

    @Override
    public void add(Block block) {
      int experts = plans.get(block.leaf()).model().experts();
      var slice = new LayerSlice(block.experts().topK());
      for (int layer = 0; layer < block.experts().layers(); layer++) {
        slice.read(block.experts(), layer);
        counters
            .computeIfAbsent(new LeafLayer(block.leaf(), layer), key -> new PairCounter(experts))
            .add(slice);
      }
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public Iterator<Tuple2<LeafLayer, long[]>> drain() {
      var counted = new HashMap<>(counters);
      counters.clear();
      return counted.entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue().square()))
          .iterator();
    }
  }
}
