package coterie.analytics.kernel;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.PackedExperts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Counts a partition of {@code routing}: one pass over its blocks into dense counters, then a row
 * for every count above 0. Memory grows with leaves x layers x experts squared, not with tokens,
 * but for the sampled sets, which are bounded by the sample.
 */
public final class CountKernel implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  private final Map<Leaf, LeafPlan> plans;
  private final TokenSampler sampler;

  /** A kernel for the given leaves; blocks of others are an error. */
  public CountKernel(Map<Leaf, LeafPlan> plans, long seed) {
    this.plans = new LinkedHashMap<>(plans);
    this.sampler = new TokenSampler(seed);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> blocks) {
    var counters = new LinkedHashMap<Leaf, LeafCounter>();
    while (blocks.hasNext()) {
      var row = blocks.next();
      var leaf = Leaf.of(row);
      count(row, counters.computeIfAbsent(leaf, key -> new LeafCounter(plans.get(key))));
    }
    return counters.entrySet().stream()
        .flatMap(entry -> rows(entry.getKey(), entry.getValue()))
        .iterator();
  }

  private void count(Row row, LeafCounter counter) {
    var model = counter.plan().model();
    int tokens = row.<Integer>getAs("tokens");
    var block =
        new PackedExperts(row.getAs("experts"), model.moeLayers().size(), tokens, model.topK());
    String requestId = row.getAs("request_id");
    long key =
        requestId == null
            ? sampler.passKey(row.<Long>getAs("source_id"), row.getAs("step"), row.getAs("rank"))
            : sampler.requestKey(requestId);
    counter.add(block, key, row.<Integer>getAs("first_position"), sampler);
  }

  private static Stream<Row> rows(Leaf leaf, LeafCounter counter) {
    var layers = counter.plan().model().moeLayers();
    return IntStream.range(0, layers.size())
        .boxed()
        .flatMap(
            layer ->
                rows(
                    new CountRow(leaf, counter.plan(), layers.get(layer), StatisticsTables.TOKENS),
                    counter,
                    layer));
  }

  private static Stream<Row> rows(CountRow row, LeafCounter counter, int layer) {
    int experts = counter.plan().model().experts();
    List<Row> rows = new ArrayList<>();
    for (int a = 0; a < experts; a++) {
      long load = counter.pairs(layer, a, a);
      if (load > 0) {
        rows.add(row.load(a, load));
      }
      for (int b = a + 1; b < experts; b++) {
        long both = counter.pairs(layer, a, b);
        if (both > 0) {
          rows.add(row.pair(a, b, both));
        }
      }
    }
    counter.sets(layer).forEach((ids, size, tokens) -> rows.add(row.set(ids, size, tokens)));
    return rows.stream();
  }
}
