package coterie.analytics.kernel;

import coterie.analytics.table.StatisticsTables;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Adds up a partition of {@code pass_load}: dense counters, then a row for every load above 0. */
public final class PassLoadKernel implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  private final Map<Leaf, LeafPlan> plans;

  /** A kernel for the given leaves; rows of others are an error. */
  public PassLoadKernel(Map<Leaf, LeafPlan> plans) {
    this.plans = new LinkedHashMap<>(plans);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> passes) {
    var sums = new LinkedHashMap<Leaf, long[]>();
    while (passes.hasNext()) {
      var row = passes.next();
      List<Long> counts = row.getList(row.fieldIndex("counts"));
      var sum = sums.computeIfAbsent(Leaf.of(row), leaf -> new long[counts.size()]);
      int at = 0;
      for (long count : counts) {
        sum[at++] += count;
      }
    }
    return sums.entrySet().stream()
        .flatMap(entry -> rows(entry.getKey(), entry.getValue()).stream())
        .iterator();
  }

  private List<Row> rows(Leaf leaf, long[] sum) {
    var plan = plans.get(leaf);
    var layers = plan.model().moeLayers();
    int experts = plan.model().experts();
    var rows = new ArrayList<Row>();
    for (int at = 0; at < sum.length; at++) {
      if (sum[at] > 0) {
        int layer = layers.get(at / experts);
        var row = new CountRow(leaf, plan, layer, StatisticsTables.COUNTS);
        rows.add(row.load(at % experts, sum[at]));
      }
    }
    return rows;
  }
}
