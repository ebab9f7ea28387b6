package coterie.analytics;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.table.LakeTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Puts statistics in the place of those that a condition selects, each table in one snapshot. */
final class StatisticsWriter {

  private final SparkSession spark;
  private final Column replaced;
  private final Map<String, Long> written = new LinkedHashMap<>();

  /**
   * A writer.
   *
   * @param replaced whole partitions of the tables
   */
  StatisticsWriter(SparkSession spark, Column replaced) {
    this.spark = spark;
    this.replaced = replaced;
  }

  void write(LakeTable table, JavaRDD<Row> rows) {
    spark.sparkContext().setJobDescription("write " + table.name());
    write(table, spark.createDataFrame(rows, table.schema()));
  }

  void write(LakeTable table, Dataset<Row> rows) {
    var columns =
        Arrays.stream(table.schema().fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    try {
      rows.select(columns).writeTo(table.fullName()).overwrite(replaced);
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
    written.put(table.name(), lastAdded(table));
  }

  /** Leaves nothing of what is replaced. */
  void clear(LakeTable table) {
    write(table, spark.createDataFrame(List.of(), table.schema()));
  }

  private long lastAdded(LakeTable table) {
    var added =
        spark
            .table(table.fullName() + ".snapshots")
            .orderBy(col("committed_at").desc())
            .limit(1)
            .selectExpr("CAST(coalesce(summary['added-records'], '0') AS BIGINT)")
            .collectAsList();
    return added.isEmpty() ? 0 : added.get(0).getLong(0);
  }

  /** Rows written to each table, in the order of writing. */
  Map<String, Long> written() {
    return written;
  }
}
