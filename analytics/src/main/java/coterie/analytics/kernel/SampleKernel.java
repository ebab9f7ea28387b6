package coterie.analytics.kernel;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Picks the sampled tokens of a partition of {@code routing}, layer by layer. */
public final class SampleKernel
    implements PairFlatMapFunction<Iterator<Row>, LeafLayer, PackedTokens> {

  private static final long serialVersionUID = 1;
  private static final long MAX_BYTES = 64L << 20;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;
  private final TokenSampler sampler;

  public SampleKernel(Broadcast<Map<Leaf, LeafPlan>> plans, long seed) {
    this.plans = plans;
    sampler = new TokenSampler(seed);
  }

  @Override
  public Iterator<Tuple2<LeafLayer, PackedTokens>> call(Iterator<Row> rows) {
    return sample(rows, plans.value(), sampler);
  }

  static Iterator<Tuple2<LeafLayer, PackedTokens>> sample(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, TokenSampler sampler) {
    return new BlockCounts<>(rows, plans, new Samples(plans, sampler), MAX_BYTES);
  }

  /** Rows of {@code expert_set}. */
  public static Iterator<Row> setRows(LeafLayer key, PackedTokens sample, LeafPlan plan) {
    return DistinctSets.of(plan.model().experts(), sample)
        .rows(key.leaf(), plan.model().moeLayers().get(key.layer()), plan);
  }

  /** Puts the tokens of other partitions behind. */
  public static PackedTokens merge(PackedTokens one, PackedTokens other) {
    one.addAll(other);
    return one;
  }

  private static final class Samples implements Accumulator<Tuple2<LeafLayer, PackedTokens>> {

    private final Map<Leaf, LeafPlan> plans;
    private final TokenSampler sampler;
    private Map<Leaf, PackedTokens[]> samples = new LinkedHashMap<>();
    private long bytes;

    Samples(Map<Leaf, LeafPlan> plans, TokenSampler sampler) {
      this.plans = plans;
      this.sampler = sampler;
    }

    @Override
    public void add(Block block) {
      var plan = plans.get(block.leaf());
      long key = sampler.blockKey(block);
      int[] sampled =
          IntStream.range(0, block.tokens())
              .filter(t -> sampler.includes(key, block.firstPosition() + t, plan.inclusion()))
              .toArray();
      if (sampled.length > 0) {
        add(block, sampled, plan);
      }
    }

    private void add(Block block, int[] sampled, LeafPlan plan) {
      int k = plan.model().topK();
      var layers =
          samples.computeIfAbsent(
              block.leaf(), leaf -> new PackedTokens[plan.model().moeLayers().size()]);
      var slice = new LayerSlice(k);
      for (int layer = 0; layer < layers.length; layer++) {
        if (layers[layer] == null) {
          layers[layer] = new PackedTokens(k);
        }
        slice.read(block.experts(), layer);
        for (int token : sampled) {
          layers[layer].add(slice, token);
        }
      }
      bytes += (long) layers.length * sampled.length * k * Short.BYTES;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public Iterator<Tuple2<LeafLayer, PackedTokens>> drain() {
      var full = samples;
      samples = new LinkedHashMap<>();
      bytes = 0;
      return full.entrySet().stream()
          .flatMap(
              entry ->
                  IntStream.range(0, entry.getValue().length)
                      .mapToObj(
                          layer ->
                              new Tuple2<>(
                                  new LeafLayer(entry.getKey(), layer),
                                  entry.getValue()[layer].trim())))
          .iterator();
    }
  }
}
