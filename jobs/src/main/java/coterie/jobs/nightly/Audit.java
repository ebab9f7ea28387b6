package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
import coterie.jobs.lake.Selection;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a night must meet before readers see it. */
final class Audit {

  private final SparkSession spark;
  private final NightlyConfig config;
  private final ModelGeometry model;
  private final LocalDate night;
  private final Map<String, Long> lostRecords;

  /**
   * An audit.
   *
   * @param lostRecords by data set, of files of which nothing could be kept: they leave no fact to
   *     know them by
   */
  Audit(
      SparkSession spark,
      NightlyConfig config,
      ModelGeometry model,
      LocalDate night,
      Map<String, Long> lostRecords) {
    this.spark = spark;
    this.config = config;
    this.model = model;
    this.night = night;
    this.lostRecords = Map.copyOf(lostRecords);
  }

  /**
   * Checks the night.
   *
   * @return tokens of the night
   * @throws UserError naming the data set and what is wrong with it
   */
  long run() {
    spark.sparkContext().setJobDescription("audit the night");
    long tokens = 0;
    for (String dataset : config.datasets()) {
      tokens += check(dataset);
    }
    return tokens;
  }

  private long check(String dataset) {
    var all = List.of(dataset);
    var day = new Selection(model, all, Selection.ALL_PHASES).onDays(night, night);
    requireFewRejected(dataset, day);
    long tokens = tokens(RoutingTable.TABLE.fullName(), day);
    long counted = tokens(PassLoadTable.TABLE.fullName(), day);
    if (tokens + counted < config.checks().leastTokens()) {
      throw failed(
          dataset,
          "has %,d tokens, checks.min_tokens is %,d"
              .formatted(tokens + counted, config.checks().leastTokens()),
          "maybe the engines' recorder stood still");
    }
    requireStatistics(dataset, day, StatisticsTables.TOKENS, tokens);
    requireStatistics(dataset, day, StatisticsTables.COUNTS, counted);
    return tokens + counted;
  }

  private UserError failed(String dataset, String what, String advice) {
    return UserError.data(
        "the night of %s is not published: data set '%s' %s".formatted(night, dataset, what),
        advice + "; the lake is as before");
  }

  /** The files of the night are those whose facts are of its day. */
  private void requireFewRejected(String dataset, Selection day) {
    var ids =
        spark
            .table(RoutingTable.TABLE.fullName())
            .where(day.condition())
            .select("source_id")
            .union(
                spark
                    .table(PassLoadTable.TABLE.fullName())
                    .where(day.condition())
                    .select("source_id"))
            .distinct();
    var sources =
        spark
            .table(SourceTable.TABLE.fullName())
            .where(
                col("model")
                    .equalTo(model.name())
                    .and(col("revision").equalTo(model.revision()))
                    .and(col("dataset").equalTo(dataset)))
            .join(ids, "source_id");
    var row =
        sources
            .agg(zeroed(sum("records_read")), zeroed(sum("records_rejected")))
            .collectAsList()
            .get(0);
    long lost = lostRecords.getOrDefault(dataset, 0L);
    long read = row.getLong(0) + lost;
    long rejected = row.getLong(1) + lost;
    if (rejected > config.checks().mostRejected() * read) {
      throw failed(
          dataset,
          "rejected %,d of %,d records, checks.max_rejected is %s"
              .formatted(rejected, read, config.checks().mostRejected()),
          "coterie ingest of these files into a lake of its own says why, table issue has samples");
    }
  }

  private static Column zeroed(Column column) {
    return coalesce(column, lit(0L));
  }

  private long tokens(String table, Selection day) {
    return spark
        .table(table)
        .where(day.condition())
        .agg(zeroed(sum("tokens")))
        .collectAsList()
        .get(0)
        .getLong(0);
  }

  /** Each layer was counted of all tokens, and none called more experts than it can. */
  private void requireStatistics(String dataset, Selection day, String basis, long facts) {
    if (facts == 0) {
      return;
    }
    Dataset<Row> loads =
        spark
            .table(StatisticsTables.EXPERT_LOAD.fullName())
            .where(day.condition().and(col("basis").equalTo(basis)));
    var layers =
        loads
            .groupBy("layer", "phase", "workload")
            .agg(max("layer_tokens").as("tokens"), sum("tokens").as("calls"))
            .groupBy("layer")
            .agg(sum("tokens").as("tokens"), sum("calls").as("calls"));
    var row =
        layers
            .agg(min("tokens"), max("tokens"), max(col("calls").minus(mostCalls())), min("calls"))
            .collectAsList()
            .get(0);
    boolean tokens = basis.equals(StatisticsTables.TOKENS);
    if (row.isNullAt(0) || row.getLong(0) != facts || row.getLong(1) != facts) {
      throw failed(
          dataset,
          "has %,d tokens, its statistics are of %s to %s".formatted(facts, row.get(0), row.get(1)),
          "this is not what should happen; coterie analyze --recount counts anew");
    }
    if (tokens && (row.getLong(2) > 0 || row.getLong(3) == 0)) {
      throw failed(
          dataset,
          "has statistics with more calls of experts than its tokens can make",
          "this is not what should happen; coterie analyze --recount counts anew");
    }
  }

  private Column mostCalls() {
    return col("tokens").multiply(model.topK());
  }
}
