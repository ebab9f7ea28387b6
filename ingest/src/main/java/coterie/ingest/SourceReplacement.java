package coterie.ingest;

import coterie.ingest.table.LakeTable;
import coterie.ingest.table.RoutingTable;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Publishes blocks, and the removal of those they replace, as one snapshot of {@code routing}. */
final class SourceReplacement {

  private static final String TABLE = RoutingTable.TABLE.fullName();

  private final SparkSession spark;

  SourceReplacement(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Appends {@code blocks}; where {@code staleIds} have blocks, these go in the same moment.
   *
   * <p>With nothing to remove an append is one snapshot by itself. Otherwise both changes are made
   * on a branch, which readers of the table do not see, and the table is then moved to the end of
   * the branch.
   */
  void publish(Dataset<Row> blocks, List<Long> staleIds) {
    if (staleIds.isEmpty()) {
      append(blocks, TABLE);
      return;
    }
    var branch = "ingest_" + UUID.randomUUID().toString().replace("-", "");
    spark.sql("ALTER TABLE %s CREATE BRANCH %s".formatted(TABLE, branch));
    try {
      var ids = staleIds.stream().map(String::valueOf).collect(Collectors.joining(", "));
      spark.sql("DELETE FROM %s.branch_%s WHERE source_id IN (%s)".formatted(TABLE, branch, ids));
      append(blocks, TABLE + ".branch_" + branch);
      spark.sql(
          "CALL %s.system.fast_forward('%s', 'main', '%s')"
              .formatted(LakeTable.CATALOG, TABLE, branch));
    } finally {
      spark.sql("ALTER TABLE %s DROP BRANCH IF EXISTS %s".formatted(TABLE, branch));
    }
  }

  private static void append(Dataset<Row> rows, String table) {
    try {
      rows.writeTo(table).append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
