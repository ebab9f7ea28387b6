package coterie.jobs.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How many tokens a data set has of a phase.
 *
 * @param basis tokens, or counts of sources that only count
 */
record LeafTokens(String dataset, String phase, String basis, long tokens) {

  /** What the facts hold of the data sets of a selection, in all phases. */
  static List<LeafTokens> stored(SparkSession spark, Selection selection) {
    var all = selection.ofPhase(Selection.ALL_PHASES).condition();
    var tokens =
        spark
            .table(RoutingTable.TABLE.fullName())
            .where(all)
            .select(
                col("dataset"),
                col("phase"),
                lit(StatisticsTables.TOKENS).as("basis"),
                col("tokens"));
    var counts =
        spark
            .table(PassLoadTable.TABLE.fullName())
            .where(all)
            .select(
                col("dataset"),
                col("phase"),
                lit(StatisticsTables.COUNTS).as("basis"),
                col("tokens"));
    return sums(tokens.union(counts));
  }

  /** What the statistics were counted of. The tokens of a leaf stand in each of its rows. */
  static List<LeafTokens> counted(SparkSession spark, Selection selection) {
    var leaves =
        spark
            .table(StatisticsTables.EXPERT_LOAD.fullName())
            .where(selection.ofPhase(Selection.ALL_PHASES).condition())
            .where(col("layer").equalTo(selection.model().moeLayers().get(0)))
            .select("dataset", "phase", "workload", "day", "basis", "layer_tokens")
            .distinct();
    return sums(leaves.withColumnRenamed("layer_tokens", "tokens"));
  }

  private static List<LeafTokens> sums(Dataset<Row> rows) {
    return rows.groupBy("dataset", "phase", "basis").agg(sum("tokens")).collectAsList().stream()
        .map(r -> new LeafTokens(r.getString(0), r.getString(1), r.getString(2), r.getLong(3)))
        .toList();
  }

  /** The tokens of the selection's phase on one basis. */
  static long total(List<LeafTokens> tokens, Selection selection, String basis) {
    return tokens.stream()
        .filter(t -> t.basis.equals(basis))
        .filter(
            t ->
                selection.phase().equals(Selection.ALL_PHASES) || t.phase.equals(selection.phase()))
        .mapToLong(LeafTokens::tokens)
        .sum();
  }
}
