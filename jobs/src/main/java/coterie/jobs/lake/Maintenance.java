package coterie.jobs.lake;

import coterie.ingest.SourceReplacement;
import coterie.ingest.table.LakeTable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Keeps tables in shape with Iceberg's own procedures. What the tables say does not change. */
public final class Maintenance {

  /** Files that no table knows may belong to a command that is just writing them. */
  public static final int ORPHAN_DAYS = 3;

  /** Of the branches of nights. */
  public static final String NIGHT_PREFIX = "nightly_";

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private final SparkSession spark;
  private final Instant now;

  public Maintenance(SparkSession spark, Instant now) {
    this.spark = spark;
    this.now = now;
  }

  /**
   * What became of one table.
   *
   * @param filesBefore data files
   * @param filesAfter data files
   * @param snapshotsExpired older states of the table that can no longer be read
   * @param orphansRemoved files that no state of the table knew
   */
  public record Upkeep(
      String table,
      long filesBefore,
      long filesAfter,
      long snapshotsExpired,
      long orphansRemoved) {}

  /**
   * Compacts small files, expires snapshots and removes orphans.
   *
   * @param keepDays snapshots younger than this stay readable; the newest always stays
   */
  public Upkeep run(LakeTable table, int keepDays) {
    spark.sparkContext().setJobDescription("maintain " + table.name());
    dropLeftBranches(table);
    long filesBefore = files(table);
    call("rewrite_data_files(table => '%s')".formatted(table.fullName()));
    call("rewrite_manifests(table => '%s')".formatted(table.fullName()));
    long snapshotsBefore = count(table, "snapshots");
    call(
        "expire_snapshots(table => '%s', older_than => TIMESTAMP '%s', retain_last => 1)"
            .formatted(table.fullName(), daysAgo(keepDays)));
    long expired = snapshotsBefore - count(table, "snapshots");
    long orphans =
        call("remove_orphan_files(table => '%s', older_than => TIMESTAMP '%s')"
                .formatted(table.fullName(), daysAgo(ORPHAN_DAYS)))
            .size();
    return new Upkeep(table.name(), filesBefore, files(table), expired, orphans);
  }

  /**
   * Drops the branches of commands that were killed on them: a branch keeps its snapshot from
   * expiring.
   *
   * @return how many
   */
  public int dropLeftBranches(LakeTable table) {
    var left =
        spark
            .sql(
                ("SELECT r.name FROM %1$s.refs r JOIN %1$s.snapshots s USING (snapshot_id)"
                        + " WHERE r.type = 'BRANCH' AND (startswith(r.name, '%2$s')"
                        + " OR startswith(r.name, '%4$s'))"
                        + " AND s.committed_at < TIMESTAMP '%3$s'")
                    .formatted(
                        table.fullName(),
                        SourceReplacement.BRANCH_PREFIX,
                        daysAgo(ORPHAN_DAYS),
                        NIGHT_PREFIX))
            .collectAsList();
    for (Row row : left) {
      spark.sql("ALTER TABLE %s DROP BRANCH %s".formatted(table.fullName(), row.getString(0)));
    }
    return left.size();
  }

  private String daysAgo(int days) {
    return TIMESTAMP.format(now.minusSeconds(86_400L * days));
  }

  private List<Row> call(String procedure) {
    return spark.sql("CALL %s.system.%s".formatted(LakeTable.CATALOG, procedure)).collectAsList();
  }

  private long files(LakeTable table) {
    return count(table, "files");
  }

  private long count(LakeTable table, String metadata) {
    return spark.table(table.fullName() + "." + metadata).count();
  }
}
