package coterie.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.table.StatisticsTables;
import coterie.jobs.lake.Selection;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Tokens that called both experts of a pair, and each expert, of some data sets together: experts x
 * experts x layers, whatever the number of tokens.
 */
final class PairCounts {

  private final List<Integer> layers;
  private final int experts;
  private final long[][] pairs;
  private final long[][] loads;

  private PairCounts(List<Integer> layers, int experts) {
    this.layers = layers;
    this.experts = experts;
    pairs = new long[layers.size()][experts * (experts - 1) / 2];
    loads = new long[layers.size()][experts];
  }

  static PairCounts of(SparkSession spark, Selection data) {
    var counts = new PairCounts(data.model().moeLayers(), data.model().experts());
    var pairs =
        spark
            .table(StatisticsTables.COACTIVATION.fullName())
            .where(data.condition())
            .groupBy("layer", "a", "b")
            .agg(sum("tokens"));
    each(
        pairs.toLocalIterator(),
        row ->
            counts.pairs[counts.layer(row)][counts.pair(row.getInt(1), row.getInt(2))] =
                row.getLong(3));
    var loads =
        spark
            .table(StatisticsTables.EXPERT_LOAD.fullName())
            .where(data.condition())
            .where(col("basis").equalTo(StatisticsTables.TOKENS))
            .groupBy("layer", "expert")
            .agg(sum("tokens"));
    each(
        loads.toLocalIterator(),
        row -> counts.loads[counts.layer(row)][row.getInt(1)] = row.getLong(2));
    return counts;
  }

  private static void each(Iterator<Row> rows, java.util.function.Consumer<Row> use) {
    rows.forEachRemaining(use);
  }

  private int layer(Row row) {
    return layers.indexOf(row.getInt(0));
  }

  /** Place of the pair {@code a < b} in ascending order of a, then b. */
  private int pair(int a, int b) {
    return a * (2 * experts - a - 1) / 2 + (b - a - 1);
  }

  int experts() {
    return experts;
  }

  int layers() {
    return layers.size();
  }

  /** Tokens that called {@code a} and {@code b} in the layer at {@code index}. */
  long tokens(int index, int a, int b) {
    return pairs[index][pair(Math.min(a, b), Math.max(a, b))];
  }

  /** Pairs that tokens called in the layer at {@code index}, over all pairs. */
  long tokens(int index) {
    long sum = 0;
    for (long tokens : pairs[index]) {
      sum += tokens;
    }
    return sum;
  }

  /**
   * Tokens expected to call both if experts were drawn by their loads alone: proportional to the
   * product of the loads, with the layer's own total, since a token calls k distinct experts.
   */
  double expected(int index, int a, int b, double perProduct) {
    return perProduct * loads[index][a] * loads[index][b];
  }

  /** The factor of {@link #expected} in the layer at {@code index}. */
  double perProduct(int index) {
    double products = 0;
    double before = 0;
    for (long load : loads[index]) {
      products += before * load;
      before += load;
    }
    return products == 0 ? 0 : tokens(index) / products;
  }
}
