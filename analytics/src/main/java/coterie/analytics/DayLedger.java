package coterie.analytics;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.analytics.table.CountedTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/**
 * Knows which days of data sets were counted of which facts.
 *
 * <p>The facts of a day are told apart without reading their experts: a source is known by its
 * checksum, so the same blocks of the same sources hold the same experts. Whatever is ingested,
 * replaced or forgotten changes the blocks of its day and of no other.
 */
final class DayLedger {

  private final SparkSession spark;

  DayLedger(SparkSession spark) {
    this.spark = spark;
  }

  /** What a day holds, or held when it was counted. */
  record Content(long blocks, long tokens, long fingerprint) {}

  /** The record of a day that was counted. */
  record Counted(Content content, AnalyzeSettings settings) {}

  /** What the facts hold. */
  Map<DataDay, Content> present(Facts facts, Column scope) {
    var blocks =
        facts
            .blocks()
            .where(scope)
            .select(
                columns(
                    xxhash64(
                        named(
                            "source_id",
                            "revision",
                            "workload",
                            "request_id",
                            "phase",
                            "first_position",
                            "tokens",
                            "step",
                            "rank",
                            "arrival",
                            "ingest_day"))));
    var passes =
        facts
            .passes()
            .where(scope)
            .select(
                columns(
                    xxhash64(
                        named(
                            "source_id",
                            "revision",
                            "workload",
                            "phase",
                            "step",
                            "rank",
                            "tokens"))));
    spark.sparkContext().setJobDescription("look for days to count");
    return content(blocks.union(passes));
  }

  private static Column[] named(String... names) {
    // A null changes nothing in a hash: 1 in one column and null in the next must differ from the
    // reverse.
    return Arrays.stream(names)
        .flatMap(name -> Stream.of(col(name), col(name).isNull()))
        .toArray(Column[]::new);
  }

  private static Column[] columns(Column hash) {
    return new Column[] {
      col("model"), col("dataset"), col("day"), col("tokens").cast("long"), hash.as("hash")
    };
  }

  private static Map<DataDay, Content> content(Dataset<Row> rows) {
    var days = new LinkedHashMap<DataDay, Content>();
    rows.groupBy("model", "dataset", "day")
        .agg(
            count(lit(1)).as("blocks"),
            sum("tokens").as("tokens"),
            bit_xor(col("hash")).as("fingerprint"))
        .orderBy("model", "dataset", "day")
        .collectAsList()
        .forEach(
            row ->
                days.put(
                    DataDay.of(row),
                    new Content(
                        row.getAs("blocks"), row.getAs("tokens"), row.getAs("fingerprint"))));
    return days;
  }

  /** What was counted. */
  Map<DataDay, Counted> counted(Column scope) {
    var days = new LinkedHashMap<DataDay, Counted>();
    for (Row row : spark.table(CountedTable.TABLE.fullName()).where(scope).collectAsList()) {
      days.put(
          DataDay.of(row),
          new Counted(
              new Content(row.getAs("blocks"), row.getAs("tokens"), row.getAs("fingerprint")),
              AnalyzeSettings.parse(row.getAs("settings"))));
    }
    return days;
  }

  /** The settings with which something of a data set was counted, if anything was. */
  static Optional<AnalyzeSettings> settings(
      Map<DataDay, Counted> counted, String model, String dataset) {
    return counted.entrySet().stream()
        .filter(e -> e.getKey().model().equals(model) && e.getKey().dataset().equals(dataset))
        .map(e -> e.getValue().settings())
        .findFirst();
  }

  /** Takes days out: their statistics are about to change. */
  void clear(Collection<DataDay> days) {
    write(List.of(), DataDay.any(days));
  }

  /** Says that days are counted. */
  void record(Map<DataDay, Counted> days) {
    var rows = new ArrayList<Row>();
    days.forEach(
        (day, counted) ->
            rows.add(
                RowFactory.create(
                    day.model(),
                    day.dataset(),
                    day.day(),
                    counted.content().blocks(),
                    counted.content().tokens(),
                    counted.content().fingerprint(),
                    counted.settings().text())));
    write(rows, DataDay.any(days.keySet()));
  }

  private void write(List<Row> rows, Column where) {
    try {
      spark
          .createDataFrame(rows, CountedTable.TABLE.schema())
          .coalesce(1)
          .writeTo(CountedTable.TABLE.fullName())
          .overwrite(where);
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
