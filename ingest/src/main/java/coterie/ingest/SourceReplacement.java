package coterie.ingest;

import coterie.ingest.table.LakeTable;
import coterie.ingest.table.SessionBranch;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Publishes facts, and the removal of those they replace, as one snapshot of their table. */
public final class SourceReplacement {

  /** Of the branches on which replacements are made. */
  public static final String BRANCH_PREFIX = "ingest_";

  /** Another writer may come first so often. */
  private static final int ATTEMPTS = 5;

  private final SparkSession spark;

  SourceReplacement(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Appends {@code rows}; where {@code staleIds} have rows, these go in the same moment.
   *
   * <p>With nothing to remove an append is one snapshot by itself, which Iceberg puts behind those
   * of other writers. Otherwise both changes are made on a branch, which readers of the table do
   * not see, and the table is then moved to the end of the branch; should another writer have moved
   * it meanwhile, all is done again from where it is now. A session that works on a branch of its
   * own is not seen by readers anyway.
   */
  void publish(LakeTable table, Dataset<Row> rows, List<Long> staleIds) {
    if (staleIds.isEmpty()) {
      append(rows, table.fullName());
      return;
    }
    if (SessionBranch.hidden(spark).isPresent()) {
      delete(table.fullName(), staleIds);
      append(rows, table.fullName());
      return;
    }
    for (int attempt = 1; ; attempt++) {
      long start = head(table);
      try {
        replace(table.fullName(), rows, staleIds);
        return;
      } catch (RuntimeException failure) {
        if (attempt == ATTEMPTS || head(table) == start) {
          throw failure;
        }
      }
    }
  }

  private void replace(String table, Dataset<Row> rows, List<Long> staleIds) {
    var branch = BRANCH_PREFIX + UUID.randomUUID().toString().replace("-", "");
    spark.sql("ALTER TABLE %s CREATE BRANCH %s".formatted(table, branch));
    try {
      delete(table + ".branch_" + branch, staleIds);
      append(rows, table + ".branch_" + branch);
      spark.sql(
          "CALL %s.system.fast_forward('%s', 'main', '%s')"
              .formatted(LakeTable.CATALOG, table, branch));
    } finally {
      spark.sql("ALTER TABLE %s DROP BRANCH IF EXISTS %s".formatted(table, branch));
    }
  }

  private void delete(String table, List<Long> sourceIds) {
    var ids = sourceIds.stream().map(String::valueOf).collect(Collectors.joining(", "));
    spark.sql("DELETE FROM %s WHERE source_id IN (%s)".formatted(table, ids));
  }

  /** The snapshot that readers of the table see. */
  private long head(LakeTable table) {
    spark.catalog().refreshTable(table.fullName());
    return spark
        .sql("SELECT snapshot_id FROM %s.refs WHERE name = 'main'".formatted(table.fullName()))
        .collectAsList()
        .get(0)
        .getLong(0);
  }

  private static void append(Dataset<Row> rows, String table) {
    try {
      rows.writeTo(table).append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
