package coterie.analytics.kernel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Picks the requests and tokens from which {@code union_size} draws its steps of requests. */
public final class PoolKernel implements PairFlatMapFunction<Iterator<Row>, Leaf, RequestPool> {

  private static final long serialVersionUID = 1;
  private static final long MAX_BYTES = 64L << 20;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;
  private final TokenSampler sampler;

  public PoolKernel(Broadcast<Map<Leaf, LeafPlan>> plans, long seed) {
    this.plans = plans;
    sampler = new TokenSampler(seed);
  }

  @Override
  public Iterator<Tuple2<Leaf, RequestPool>> call(Iterator<Row> rows) {
    return pool(rows, plans.value(), sampler, MAX_BYTES);
  }

  static Iterator<Tuple2<Leaf, RequestPool>> pool(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, TokenSampler sampler, long maxBytes) {
    return new BlockCounts<>(rows, plans, new Pools(plans, sampler), maxBytes);
  }

  /**
   * Rows of {@code union_size} for all layers of a leaf.
   *
   * @param rows of each layer
   * @param requests of the leaf, enough for batches of one
   */
  public static Iterator<Row> unionRows(
      RequestPool pool,
      LeafPlan plan,
      IntFunction<UnionRows> rows,
      long requests,
      int batches,
      long seed) {
    int layers = plan.model().moeLayers().size();
    int sizes = RequestUnions.availableSizes(requests);
    var drawn = new RequestUnions(pool, layers, plan.model().experts()).draw(sizes, batches, seed);
    var all = new ArrayList<Row>();
    for (int layer = 0; layer < layers; layer++) {
      rows.apply(layer).byRequest(drawn.get(layer)).forEachRemaining(all::add);
    }
    return all.iterator();
  }

  private static final class Pools implements Accumulator<Tuple2<Leaf, RequestPool>> {

    private final Map<Leaf, LeafPlan> plans;
    private final TokenSampler sampler;
    private Map<Leaf, RequestPool> pools = new LinkedHashMap<>();
    private long bytes;

    Pools(Map<Leaf, LeafPlan> plans, TokenSampler sampler) {
      this.plans = plans;
      this.sampler = sampler;
    }

    @Override
    public void add(Block block) {
      var plan = plans.get(block.leaf());
      if (plan.named()) {
        var model = plan.model();
        var pool = pools.computeIfAbsent(block.leaf(), leaf -> new RequestPool());
        long kept = pool.tokens();
        pool.add(block, sampler, model.topK());
        long grown = pool.tokens() - kept;
        bytes += grown * RequestPool.tokenBytes(model.moeLayers().size(), model.topK());
      }
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public Iterator<Tuple2<Leaf, RequestPool>> drain() {
      var full = pools;
      pools = new LinkedHashMap<>();
      bytes = 0;
      return full.entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
          .iterator();
    }
  }
}
