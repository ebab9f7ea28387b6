package coterie.analytics;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_date;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SessionBranch;
import coterie.ingest.table.SourceTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The facts as they are when an analysis begins: one snapshot for all its passes, so that counts
 * fit each other whatever is ingested meanwhile. On a branch of its own a session is alone.
 */
final class Facts {

  private final SparkSession spark;
  private final Dataset<Row> blocks;
  private final Dataset<Row> passes;

  Facts(SparkSession spark) {
    this.spark = spark;
    blocks = withIngestDay(snapshot(RoutingTable.TABLE));
    passes = snapshot(PassLoadTable.TABLE);
  }

  private Dataset<Row> snapshot(LakeTable facts) {
    var table = facts.fullName();
    if (SessionBranch.hidden(spark).isPresent()) {
      return spark.table(table);
    }
    var main = spark.table(table + ".refs").where(col("name").equalTo("main"));
    var snapshots = main.select("snapshot_id").collectAsList();
    return snapshots.isEmpty()
        ? spark.table(table)
        : spark.read().option("snapshot-id", snapshots.get(0).getLong(0)).table(table);
  }

  /** A block whose source has no account yet, because its ingest was killed, has no such day. */
  private Dataset<Row> withIngestDay(Dataset<Row> facts) {
    var sources =
        spark
            .table(SourceTable.TABLE.fullName())
            .select(col("source_id"), to_date(col("ingested_at")).as("ingest_day"))
            .dropDuplicates("source_id");
    var own = sources.col("source_id");
    return facts.join(broadcast(sources), facts.col("source_id").equalTo(own), "left").drop(own);
  }

  /** Rows of {@code routing}, with {@code ingest_day}. */
  Dataset<Row> blocks() {
    return blocks;
  }

  /** Rows of {@code activation}. */
  Dataset<Row> rows() {
    return snapshot(ActivationTable.TABLE);
  }

  /** Rows of {@code pass_load}. */
  Dataset<Row> passes() {
    return passes;
  }

  /** Shapes by name, then revision. */
  Map<String, Map<String, ModelGeometry>> models() {
    var models = new HashMap<String, Map<String, ModelGeometry>>();
    for (Row row : spark.table(ModelTable.TABLE.fullName()).collectAsList()) {
      var model = ModelTable.fromRow(row);
      models.computeIfAbsent(model.name(), name -> new HashMap<>()).put(model.revision(), model);
    }
    return models;
  }

  /** The columns of a leaf, and others. */
  static Column[] leafAnd(Column... others) {
    return Stream.concat(Arrays.stream(leaf()), Arrays.stream(others)).toArray(Column[]::new);
  }

  /** The columns of a leaf. */
  static Column[] leaf() {
    return Arrays.stream(StatisticsTables.LEAF.fieldNames())
        .map(name -> col(name))
        .toArray(Column[]::new);
  }
}
