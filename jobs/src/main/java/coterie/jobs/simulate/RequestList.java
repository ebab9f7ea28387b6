package coterie.jobs.simulate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.ingest.error.UserError;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Selection;
import coterie.planner.replay.RequestQueue;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The requests of a replay, in the order in which they come: few numbers for each, their tokens
 * stay where they are.
 *
 * @param entries in order
 */
public record RequestList(List<Entry> entries) implements Serializable {

  /**
   * A request.
   *
   * @param arrival null if the trace does not say
   */
  public record Entry(String dataset, String id, int prefill, int decode, Instant arrival)
      implements Serializable {}

  public RequestList {
    entries = List.copyOf(entries);
  }

  /** Rows of prefill and decode of a selection, whatever its phase leaves of them. */
  static Dataset<Row> blocks(SparkSession spark, Selection data) {
    return spark
        .table(RoutingTable.TABLE.fullName())
        .where(data.condition())
        .where(col("phase").isin(RoutingTable.PREFILL, RoutingTable.DECODE));
  }

  /**
   * Requests in an order that a hash of their names and the seed decides: as good as drawn.
   *
   * @param most requests to take, the first of the order
   * @throws UserError if a data set does not know its requests, or has none that decodes
   */
  public static RequestList load(SparkSession spark, Selection data, int most, long seed) {
    var blocks = blocks(spark, data);
    requireIds(blocks);
    var rows =
        blocks
            .groupBy("dataset", "request_id")
            .agg(
                tokensOf(RoutingTable.PREFILL),
                tokensOf(RoutingTable.DECODE),
                min("arrival").as("arrival"))
            .orderBy(
                xxhash64(lit(seed), col("dataset"), col("request_id")),
                col("dataset"),
                col("request_id"))
            .limit(most)
            .collectAsList();
    var entries = new ArrayList<Entry>();
    long decoded = 0;
    for (Row row : rows) {
      int prefill = Math.toIntExact(row.getLong(2));
      int decode = Math.toIntExact(row.getLong(3));
      entries.add(
          new Entry(row.getString(0), row.getString(1), prefill, decode, row.getInstant(4)));
      decoded += decode;
    }
    if (decoded == 0) {
      throw UserError.data(
          "data set %s has no tokens that requests decoded"
              .formatted(String.join(", ", data.datasets())),
          "a loop replays decode; judge prefill by simulate without --loop");
    }
    return new RequestList(entries);
  }

  private static Column tokensOf(String phase) {
    return sum(when(col("phase").equalTo(phase), col("tokens")).otherwise(lit(0))).as(phase);
  }

  private static void requireIds(Dataset<Row> blocks) {
    var nameless =
        blocks.where(col("request_id").isNull()).select("dataset").limit(1).collectAsList();
    if (!nameless.isEmpty()) {
      throw UserError.data(
          "data set '%s' does not say which tokens are of one request"
              .formatted(nameless.get(0).getString(0)),
          "a loop follows requests; use --loop token, or traces with request ids");
    }
  }

  /** The same requests by their arrival; those of one time stay in order. */
  public RequestList byArrival() {
    var missing = entries.stream().filter(entry -> entry.arrival() == null).findFirst();
    if (missing.isPresent()) {
      throw UserError.data(
          "request '%s' has no arrival time".formatted(missing.get().id()),
          "use --arrivals poisson, or traces that record arrivals");
    }
    return new RequestList(entries.stream().sorted(Comparator.comparing(Entry::arrival)).toList());
  }

  /** Nanoseconds from the first arrival; only of a list {@link #byArrival}. */
  public List<Long> arrivalNanos() {
    var first = entries.get(0).arrival();
    return entries.stream().map(e -> Duration.between(first, e.arrival()).toNanos()).toList();
  }

  /** Number of requests. */
  public int size() {
    return entries.size();
  }

  /** Their tokens as numbers. */
  public RequestQueue queue() {
    return new RequestQueue(
        entries.stream().mapToInt(Entry::prefill).toArray(),
        entries.stream().mapToInt(Entry::decode).toArray());
  }

  /** Place of each request by {@link #key}. */
  Map<String, Integer> places() {
    var places = new HashMap<String, Integer>();
    for (int i = 0; i < entries.size(); i++) {
      places.put(key(entries.get(i).dataset(), entries.get(i).id()), i);
    }
    return places;
  }

  static String key(String dataset, String requestId) {
    return dataset + '\0' + requestId;
  }
}
