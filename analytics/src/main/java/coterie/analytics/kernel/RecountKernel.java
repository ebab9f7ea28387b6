package coterie.analytics.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Counts given subsets in a partition of {@code routing}; other layers are passed over. */
public final class RecountKernel implements PairFlatMapFunction<Iterator<Row>, LeafLayer, long[]> {

  private static final long serialVersionUID = 1;
  private static final int BATCH_TOKENS = 1 << 14;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;
  private final Broadcast<Map<LeafLayer, List<ExpertSubset>>> subsets;

  /**
   * A kernel.
   *
   * @param subsets to be counted, ascending
   */
  public RecountKernel(
      Broadcast<Map<Leaf, LeafPlan>> plans, Broadcast<Map<LeafLayer, List<ExpertSubset>>> subsets) {
    this.plans = plans;
    this.subsets = subsets;
  }

  @Override
  public Iterator<Tuple2<LeafLayer, long[]>> call(Iterator<Row> rows) {
    return count(rows, plans.value(), subsets.value());
  }

  static Iterator<Tuple2<LeafLayer, long[]>> count(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, Map<LeafLayer, List<ExpertSubset>> subsets) {
    return new BlockCounts<>(rows, plans, new Counters(plans, subsets), Long.MAX_VALUE);
  }

  /** Adds the counts of other partitions. */
  public static long[] merge(long[] one, long[] other) {
    var sum = Arrays.copyOf(one, one.length);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  /** Tokens wait until there are enough of them to be counted at once. */
  private static final class Counters implements Accumulator<Tuple2<LeafLayer, long[]>> {

    private final Map<Leaf, LeafPlan> plans;
    private final Map<LeafLayer, List<ExpertSubset>> subsets;
    private final Map<LeafLayer, SubsetCounter> counters = new HashMap<>();
    private final Map<LeafLayer, PackedTokens> waiting = new HashMap<>();

    Counters(Map<Leaf, LeafPlan> plans, Map<LeafLayer, List<ExpertSubset>> subsets) {
      this.plans = plans;
      this.subsets = subsets;
    }

    @Override
    public void add(Block block) {
      var slice = new LayerSlice(block.experts().topK());
      for (int layer = 0; layer < block.experts().layers(); layer++) {
        var key = new LeafLayer(block.leaf(), layer);
        if (subsets.containsKey(key)) {
          slice.read(block.experts(), layer);
          add(key, slice);
        }
      }
    }

    private void add(LeafLayer key, LayerSlice slice) {
      var tokens = waiting.computeIfAbsent(key, k -> new PackedTokens(slice.topK()));
      for (int token = 0; token < slice.tokens(); token++) {
        tokens.add(slice, token);
      }
      if (tokens.tokens() >= BATCH_TOKENS) {
        counter(key).add(tokens);
        waiting.remove(key);
      }
    }

    private SubsetCounter counter(LeafLayer key) {
      int experts = plans.get(key.leaf()).model().experts();
      return counters.computeIfAbsent(key, k -> new SubsetCounter(subsets.get(k), experts));
    }

    /** Of what waits: at most a batch a layer. */
    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public Iterator<Tuple2<LeafLayer, long[]>> drain() {
      waiting.forEach((key, tokens) -> counter(key).add(tokens));
      waiting.clear();
      var counted = new HashMap<>(counters);
      counters.clear();
      return counted.entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue().counts()))
          .iterator();
    }
  }
}
