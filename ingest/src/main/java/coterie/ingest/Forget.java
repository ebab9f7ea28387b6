package coterie.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.IssueTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Takes facts out of the lake.
 *
 * <p>The account of a source says what it lost, so that ingesting the same file again does not
 * bring a forgotten request back. Whole sources go with their account: they may be ingested again.
 * Statistics are not touched; whoever calls this counts them anew.
 */
public final class Forget {

  private final SparkSession spark;

  public Forget(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Forgets.
   *
   * @throws UserError if nothing in the lake meets the conditions
   */
  public ForgetReceipt run(ForgetRequest request) {
    var conditions = conditions(request);
    spark.sparkContext().setJobDescription("look for what to forget");
    var lost = lost(request, conditions);
    lost.createOrReplaceTempView("coterie_lost");
    var sums =
        spark
            .sql("SELECT count(*), sum(records), sum(tokens) FROM coterie_lost")
            .collectAsList()
            .get(0);
    if (sums.getLong(0) == 0) {
      throw UserError.data(
          "nothing to forget: no facts of %s in data set '%s' meet %s"
              .formatted(request.model(), request.dataset(), describe(request)),
          "coterie sql 'SELECT * FROM source' shows what there is");
    }
    var receipt =
        new ForgetReceipt(
            sums.getLong(0), sums.getLong(1), sums.getLong(2), request.wholeSources());
    spark.sparkContext().setJobDescription("forget");
    var where = String.join(" AND ", conditions);
    // Rows before blocks: what is lost is read off the blocks, should this be killed in between.
    spark.sql("DELETE FROM %s WHERE %s".formatted(ActivationTable.TABLE.fullName(), where));
    spark.sql("DELETE FROM %s WHERE %s".formatted(RoutingTable.TABLE.fullName(), where));
    if (request.requests().isEmpty()) {
      spark.sql("DELETE FROM %s WHERE %s".formatted(PassLoadTable.TABLE.fullName(), where));
    }
    account(request);
    return receipt;
  }

  private List<String> conditions(ForgetRequest request) {
    var conditions = new ArrayList<String>();
    conditions.add("model = " + literal(request.model()));
    conditions.add("dataset = " + literal(request.dataset()));
    addIn(conditions, "request_id", request.requests().stream().map(Forget::literal).toList());
    addIn(conditions, "workload", request.workloads().stream().map(Forget::literal).toList());
    addIn(conditions, "day", request.days().stream().map(d -> "DATE'" + d + "'").toList());
    if (!request.sources().isEmpty()) {
      var ids = sourceIds(request);
      conditions.add(ids.isEmpty() ? "false" : "source_id IN (%s)".formatted(join(ids)));
    }
    return conditions;
  }

  private static void addIn(List<String> conditions, String column, List<String> values) {
    if (!values.isEmpty()) {
      conditions.add("%s IN (%s)".formatted(column, String.join(", ", values)));
    }
  }

  /** Spark's string literals know backslash escapes. */
  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static String join(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private List<Long> sourceIds(ForgetRequest request) {
    return spark
        .table(SourceTable.TABLE.fullName())
        .where(col("model").equalTo(request.model()).and(col("dataset").equalTo(request.dataset())))
        .select("source_id", "path")
        .collectAsList()
        .stream()
        .filter(row -> isNamed(row.getString(1), request.sources()))
        .map(row -> row.getLong(0))
        .sorted()
        .toList();
  }

  /** A path may be given as it is displayed, or by its end from a folder on. */
  private static boolean isNamed(String path, List<String> given) {
    return given.stream().anyMatch(name -> path.equals(name) || path.endsWith("/" + strip(name)));
  }

  private static String strip(String name) {
    return name.startsWith("/") ? name.substring(1) : name;
  }

  /** What each source loses; kept in memory, because the facts that say so are about to go. */
  private Dataset<Row> lost(ForgetRequest request, List<String> conditions) {
    var where = String.join(" AND ", conditions);
    var tokens =
        lost(
            spark.table(RoutingTable.TABLE.fullName()).where(where),
            coalesce(col("request_id"), concat_ws("/", col("step"), col("rank")), lit("")));
    var counts =
        lost(
            spark
                .table(PassLoadTable.TABLE.fullName())
                .where(request.requests().isEmpty() ? where : "false"),
            concat_ws("/", col("step"), col("rank")));
    var rows =
        tokens
            .union(counts)
            .groupBy("source_id")
            .agg(sum("records").as("records"), sum("tokens").as("tokens"));
    return spark.createDataFrame(rows.collectAsList(), rows.schema());
  }

  private static Dataset<Row> lost(Dataset<Row> facts, Column record) {
    return facts
        .groupBy("source_id")
        .agg(countDistinct(record).as("records"), sum("tokens").as("tokens"));
  }

  private void account(ForgetRequest request) {
    var source = SourceTable.TABLE.fullName();
    if (request.wholeSources()) {
      for (String table : List.of(IssueTable.TABLE.fullName(), source)) {
        spark.sql(
            "DELETE FROM %s WHERE source_id IN (SELECT source_id FROM coterie_lost)"
                .formatted(table));
      }
    } else {
      spark.sql(
          ("MERGE INTO %s s USING coterie_lost l ON s.source_id = l.source_id WHEN MATCHED THEN"
                  + " UPDATE SET records_kept = s.records_kept - l.records,"
                  + " records_forgotten = s.records_forgotten + l.records,"
                  + " tokens_kept = s.tokens_kept - l.tokens,"
                  + " tokens_forgotten = s.tokens_forgotten + l.tokens")
              .formatted(source));
    }
  }

  private static String describe(ForgetRequest request) {
    var parts = new ArrayList<String>();
    request.requests().forEach(id -> parts.add("--request " + id));
    request.workloads().forEach(name -> parts.add("--workload " + name));
    request.sources().forEach(path -> parts.add("--source " + path));
    request.days().forEach(day -> parts.add("--day " + day));
    return String.join(" ", parts);
  }
}
