package coterie.jobs.lake;

import coterie.ingest.table.LakeTable;
import coterie.ingest.unpack.CoterieExtensions;
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
   * A session on a lake.
   *
   * <p>Under spark-submit the master and all resources are the submitter's; otherwise Spark runs
   * inside this process.
   *
   * @param folder of the lake, with the scheme of its file system
   * @param master replaces {@code local[*]} where Spark is embedded
   */
  static SparkSession open(String folder, CatalogAddress catalog, Optional<String> master) {
    var builder =
        SparkSession.builder()
            .appName("coterie")
            .config("spark.sql.extensions", EXTENSIONS)
            .config(CATALOG, "org.apache.iceberg.spark.SparkCatalog")
            .config(CATALOG + ".catalog-impl", LocalCatalog.class.getName())
            // A cached table does not show what another process has committed since: two ingests of
            // one file would both find it missing.
            .config(CATALOG + ".cache-enabled", "false")
            .config(CATALOG + ".uri", catalog.uri())
            .config(CATALOG + ".jdbc.schema-version", "V1")
            .config(CATALOG + ".warehouse", folder + "warehouse")
            .config("spark.sql.defaultCatalog", LakeTable.CATALOG)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", "true");
    catalog.options().forEach((key, value) -> builder.config(CATALOG + "." + key, value));
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
}
