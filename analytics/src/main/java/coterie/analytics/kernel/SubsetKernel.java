package coterie.analytics.kernel;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Mines the frequent subsets of a partition of {@code routing}, part by part. */
public final class SubsetKernel
    implements PairFlatMapFunction<Iterator<Row>, LeafLayer, FoundSubsets> {

  private static final long serialVersionUID = 1;
  private static final long MAX_BYTES = 128L << 20;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;
  private final Broadcast<Map<LeafLayer, LayerSummary>> summaries;
  private final double minSupport;

  public SubsetKernel(
      Broadcast<Map<Leaf, LeafPlan>> plans,
      Broadcast<Map<LeafLayer, LayerSummary>> summaries,
      double minSupport) {
    this.plans = plans;
    this.summaries = summaries;
    this.minSupport = minSupport;
  }

  @Override
  public Iterator<Tuple2<LeafLayer, FoundSubsets>> call(Iterator<Row> rows) {
    return find(
        rows, plans.value(), summaries.value(), minSupport, FoundSubsets.PART_TOKENS, MAX_BYTES);
  }

  static Iterator<Tuple2<LeafLayer, FoundSubsets>> find(
      Iterator<Row> rows,
      Map<Leaf, LeafPlan> plans,
      Map<LeafLayer, LayerSummary> summaries,
      double minSupport,
      int partTokens,
      long maxBytes) {
    var accumulator = new Mines(plans, summaries, minSupport, partTokens);
    return new BlockCounts<>(rows, plans, accumulator, maxBytes);
  }

  private static final class Mines implements Accumulator<Tuple2<LeafLayer, FoundSubsets>> {

    private final Map<Leaf, LeafPlan> plans;
    private final Map<LeafLayer, LayerSummary> summaries;
    private final double minSupport;
    private final int partTokens;
    private Map<Leaf, FoundSubsets[]> leaves = new LinkedHashMap<>();
    private long bytes;

    Mines(
        Map<Leaf, LeafPlan> plans,
        Map<LeafLayer, LayerSummary> summaries,
        double minSupport,
        int partTokens) {
      this.plans = plans;
      this.summaries = summaries;
      this.minSupport = minSupport;
      this.partTokens = partTokens;
    }

    @Override
    public void add(Block block) {
      var layers = leaves.computeIfAbsent(block.leaf(), this::start);
      var slice = new LayerSlice(block.experts().topK());
      for (int layer = 0; layer < layers.length; layer++) {
        if (layers[layer] != null) {
          slice.read(block.experts(), layer);
          bytes -= layers[layer].bytes();
          layers[layer].add(slice);
          bytes += layers[layer].bytes();
        }
      }
    }

    /** Layers of which no subset of three can be frequent are left out. */
    private FoundSubsets[] start(Leaf leaf) {
      var plan = plans.get(leaf);
      int topK = plan.model().topK();
      long minTokens = Subsets.minTokens(minSupport, plan.tokens());
      var layers = new FoundSubsets[plan.model().moeLayers().size()];
      for (int layer = 0; layer < layers.length; layer++) {
        var pairs = summaries.get(new LeafLayer(leaf, layer)).frequent();
        if (topK > 2 && !pairs.fewerThanThree()) {
          layers[layer] = new FoundSubsets(pairs, topK, minTokens, plan.tokens(), partTokens);
        }
      }
      return layers;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public Iterator<Tuple2<LeafLayer, FoundSubsets>> drain() {
      var full = leaves;
      leaves = new LinkedHashMap<>();
      bytes = 0;
      return full.entrySet().stream()
          .flatMap(
              entry ->
                  IntStream.range(0, entry.getValue().length)
                      .filter(layer -> entry.getValue()[layer] != null)
                      .mapToObj(
                          layer ->
                              new Tuple2<>(
                                  new LeafLayer(entry.getKey(), layer),
                                  entry.getValue()[layer].trim())))
          .iterator();
    }
  }
}
