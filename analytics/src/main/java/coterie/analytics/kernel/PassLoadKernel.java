package coterie.analytics.kernel;

import coterie.analytics.table.StatisticsTables;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Adds up a partition of {@code pass_load} leaf by leaf: {@code [MoE layer * experts + expert]}.
 */
public final class PassLoadKernel implements PairFlatMapFunction<Iterator<Row>, Leaf, long[]> {

  private static final long serialVersionUID = 1;

  @Override
  public Iterator<Tuple2<Leaf, long[]>> call(Iterator<Row> passes) {
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
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
        .iterator();
  }

  /** Adds the sums of other partitions. */
  public static long[] merge(long[] one, long[] other) {
    for (int i = 0; i < one.length; i++) {
      one[i] += other[i];
    }
    return one;
  }

  /** Rows of {@code expert_load} on the basis of counts, for every load above 0. */
  public static Iterator<Row> rows(Leaf leaf, long[] sums, LeafPlan plan) {
    int experts = plan.model().experts();
    var layers = plan.model().moeLayers();
    return IntStream.range(0, sums.length)
        .filter(at -> sums[at] > 0)
        .mapToObj(
            at ->
                CountRows.rowOf(
                    leaf,
                    layers.get(at / experts),
                    plan.tokens(),
                    at % experts,
                    sums[at],
                    null,
                    null,
                    StatisticsTables.COUNTS))
        .iterator();
  }
}
