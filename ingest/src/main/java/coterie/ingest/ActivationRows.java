package coterie.ingest;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.RoutingTable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Keeps {@code activation} in step with {@code routing}: a data set has rows of all of its sources
 * or of none.
 *
 * <p>Rows are unpacked from the blocks in the lake, not read from the traces a second time, so that
 * the two tables cannot say different things.
 */
final class ActivationRows {

  private final SparkSession spark;
  private final Column inTarget;

  ActivationRows(SparkSession spark, IngestTarget target) {
    this.spark = spark;
    this.inTarget =
        col("model")
            .equalTo(target.model().name())
            .and(col("revision").equalTo(target.model().revision()))
            .and(col("dataset").equalTo(target.dataset()));
  }

  /**
   * Adds the rows of sources that have none yet, and removes those of blocks that went.
   *
   * @param wanted false to do so only where the data set has rows already
   * @param rewritten sources whose blocks were written just now; older rows of theirs go
   */
  void follow(boolean wanted, Set<Long> rewritten) {
    var there = sources(ActivationTable.TABLE);
    if (!wanted && there.isEmpty()) {
      return;
    }
    spark.sparkContext().setJobDescription("unpack rows");
    var blocks = sources(RoutingTable.TABLE);
    var missing = new TreeSet<>(blocks);
    missing.removeIf(id -> there.contains(id) && !rewritten.contains(id));
    var stale = new TreeSet<>(there);
    stale.removeIf(id -> blocks.contains(id) && !rewritten.contains(id));
    if (missing.isEmpty() && stale.isEmpty()) {
      return;
    }
    var columns =
        Arrays.stream(ActivationTable.TABLE.schema().fieldNames())
            .map(name -> col(name))
            .toArray(Column[]::new);
    var rows =
        spark
            .sql("SELECT * FROM unpack_routing()")
            .where(inTarget.and(among(missing, blocks)))
            .select(columns);
    new SourceReplacement(spark).publish(ActivationTable.TABLE, rows, List.copyOf(stale));
  }

  /** A condition that is cheap where it asks for everything. */
  private static Column among(Set<Long> some, Set<Long> all) {
    return some.size() == all.size()
        ? col("source_id").isNotNull()
        : col("source_id").isInCollection(some);
  }

  private Set<Long> sources(LakeTable table) {
    return spark
        .table(table.fullName())
        .where(inTarget)
        .select("source_id")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getLong(0))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
