package coterie.jobs.lake;

import coterie.ingest.table.LakeTable;
import coterie.ingest.unpack.CoterieExtensions;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** The one place where Spark sessions are built. */
final class SparkSessions {

  private static final String CATALOG = "spark.sql.catalog." + LakeTable.CATALOG;
  private static final String EXTENSIONS =
      "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,"
          + CoterieExtensions.class.getName();

  private SparkSessions() {}

  /**
   * A session on the lake in a local folder.
   *
   * <p>Under spark-submit the master and all resources are the submitter's; otherwise Spark runs
   * inside this process.
   *
   * @param master replaces {@code local[*]} where Spark is embedded
   */
  static SparkSession open(Path lake, Optional<String> master) {
    var builder =
        SparkSession.builder()
            .appName("coterie")
            .config("spark.sql.extensions", EXTENSIONS)
            .config(CATALOG, "org.apache.iceberg.spark.SparkCatalog")
            .config(CATALOG + ".catalog-impl", LocalCatalog.class.getName())
            // A cached table does not show what another process has committed since: two ingests of
            // one file would both find it missing.
            .config(CATALOG + ".cache-enabled", "false")
            .config(CATALOG + ".uri", catalogAddress(lake))
            .config(CATALOG + ".jdbc.schema-version", "V1")
            .config(CATALOG + ".warehouse", lake.resolve("warehouse").toUri().toString())
            .config("spark.sql.defaultCatalog", LakeTable.CATALOG)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", "true");
    if (System.getProperty("spark.master") == null) {
      builder
          .master(master.orElse("local[*]"))
          .config("spark.ui.enabled", "false")
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          // Adaptive execution merges what is small; many more only cost their overhead here.
          .config("spark.sql.shuffle.partitions", "32");
    } else {
      master.ifPresent(builder::master);
    }
    return builder.getOrCreate();
  }

  /**
   * The catalog's database. Iceberg leaves answered queries open, and in SQLite's default mode an
   * open query of one process locks all others out; with a write-ahead log readers block nobody.
   * Two writers wait for each other.
   */
  private static String catalogAddress(Path lake) {
    return "jdbc:sqlite:" + lake.resolve("catalog.db") + "?journal_mode=WAL&busy_timeout=60000";
  }
}
