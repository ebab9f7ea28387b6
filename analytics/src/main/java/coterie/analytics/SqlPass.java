package coterie.analytics;

import static org.apache.spark.sql.functions.col;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.sql.SqlParameters;
import coterie.analytics.sql.SqlStatistics;
import coterie.analytics.sql.SubsetEngine;
import coterie.analytics.table.ExpertSubsetTable;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Counts some days by SQL over {@code activation}. */
final class SqlPass {

  private SqlPass() {}

  /**
   * Writes the statistics of the days that {@code where} selects.
   *
   * @param plans their leaves, as the blocks have them
   * @throws MissingRowsException if {@code activation} has not all tokens of a leaf
   */
  static void run(
      SparkSession spark,
      Facts facts,
      Column where,
      Map<Leaf, LeafPlan> plans,
      AnalyzeSettings settings,
      SubsetEngine engine,
      StatisticsWriter writer) {
    var parameters =
        new SqlParameters(
            settings.sampleTokens(),
            settings.seed(),
            settings.minSupport(),
            settings.windowTokens(),
            settings.batches());
    try (var statistics =
        new SqlStatistics(
            spark, facts.rows().where(where), facts.passes().where(where), parameters)) {
      requireAllRows(statistics, plans);
      for (var table : SqlStatistics.QUERIES) {
        spark.sparkContext().setJobDescription("write " + table.name());
        writer.write(table, statistics.of(table));
      }
      spark.sparkContext().setJobDescription("look for frequent subsets");
      writer.write(ExpertSubsetTable.TABLE, statistics.subsets(engine));
    }
  }

  private static void requireAllRows(SqlStatistics statistics, Map<Leaf, LeafPlan> plans) {
    var tokens = new java.util.HashMap<Leaf, Long>();
    for (Row row : statistics.leaves().select(Facts.leafAnd(col("layer_tokens"))).collectAsList()) {
      tokens.put(Leaf.of(row), row.<Long>getAs("layer_tokens"));
    }
    plans.forEach(
        (leaf, plan) -> {
          long rows = tokens.getOrDefault(leaf, 0L);
          if (rows != plan.tokens()) {
            throw new MissingRowsException(leaf.dataset(), rows, plan.tokens());
          }
        });
  }
}
