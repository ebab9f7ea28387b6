package coterie.jobs.lake;

import coterie.analytics.table.StatisticsTables;
import coterie.analytics.table.StatisticsViews;
import coterie.ingest.error.UserError;
import coterie.ingest.table.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** An open lake: a Spark session whose catalog {@code lake} holds Coterie's tables. */
public final class Lake implements AutoCloseable {

  private static final String CATALOG_FILE = "catalog.db";

  private final SparkSession spark;
  private final Path folder;

  private Lake(SparkSession spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * Does some work when no other command does the same in this lake.
   *
   * @param waiting called once if another is at it
   */
  public <T> T alone(String what, Runnable waiting, Supplier<T> work) {
    return LakeLock.alone(folder, what, waiting, work);
  }

  /**
   * Opens a lake that is there.
   *
   * @param tables made where they are missing
   * @throws UserError if there is none, or its tables are of another version
   */
  public static Lake open(String folder, Optional<String> master, List<LakeTable> tables) {
    var path = local(folder);
    if (!Files.exists(path.resolve(CATALOG_FILE))) {
      throw UserError.data(
          "no lake in '%s'".formatted(folder),
          "coterie ingest makes one; see coterie ingest --help");
    }
    return start(path, master, tables);
  }

  /**
   * Opens a lake, and makes it if there is none.
   *
   * @param tables made where they are missing
   * @throws UserError if the folder cannot be made, or the tables are of another version
   */
  public static Lake openOrCreate(String folder, Optional<String> master, List<LakeTable> tables) {
    var path = local(folder);
    try {
      Files.createDirectories(path);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot make the lake's folder '%s': %s".formatted(folder, failure.getMessage()),
          "give a folder that you may write with --lake DIR");
    }
    return start(path, master, tables);
  }

  private static Path local(String folder) {
    if (folder.contains("://") && !folder.startsWith("file://")) {
      throw UserError.usage(
          "the lake '%s' is not a local folder".formatted(folder),
          "the catalog is a file and serves one host; give --lake a local folder");
    }
    var path = folder.startsWith("file://") ? folder.substring("file://".length()) : folder;
    return Path.of(path).toAbsolutePath().normalize();
  }

  private static Lake start(Path path, Optional<String> master, List<LakeTable> tables) {
    loadDriver();
    var lake = new Lake(SparkSessions.open(path, master), path);
    try {
      lake.alone("tables", () -> {}, () -> lake.prepareTables(path, tables));
    } catch (RuntimeException failure) {
      lake.close();
      throw failure;
    }
    return lake;
  }

  /** Under spark-submit the driver lies in a class loader that JDBC does not search by itself. */
  private static void loadDriver() {
    try {
      Class.forName("org.sqlite.JDBC");
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException("the SQLite driver is not on the class path", missing);
    }
  }

  private boolean prepareTables(Path path, List<LakeTable> tables) {
    spark.sql("CREATE NAMESPACE IF NOT EXISTS " + LakeTable.NAMESPACE);
    Set<String> present =
        spark
            .sql("SHOW TABLES IN " + LakeTable.NAMESPACE)
            .select("tableName")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toCollection(HashSet::new));
    for (var table : tables) {
      if (!present.contains(table.name())) {
        spark.sql(table.createStatement());
      } else if (StatisticsTables.ALL.contains(table)) {
        renew(table, path);
      } else {
        requireVersion(table, path);
      }
    }
    spark.sql("USE " + LakeTable.NAMESPACE);
    tables.forEach(table -> present.add(table.name()));
    if (StatisticsTables.ALL.stream().allMatch(table -> present.contains(table.name()))) {
      prepareViews();
    }
    return true;
  }

  /** Older statistics are dropped: what they were counted of is still there to count anew. */
  private void renew(LakeTable table, Path path) {
    if (version(table.fullName()).filter(found -> found < table.schemaVersion()).isPresent()) {
      spark.sql("DROP TABLE %s PURGE".formatted(table.fullName()));
      spark.sql(table.createStatement());
    } else {
      requireVersion(table, path);
    }
  }

  /** Views hold nothing: whatever is not of this version is put in its place. */
  private void prepareViews() {
    Set<String> present =
        spark
            .sql("SHOW VIEWS IN " + LakeTable.NAMESPACE)
            .select("viewName")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    for (var view : StatisticsViews.ALL) {
      if (!present.contains(view.name())
          || !version(view.fullName()).equals(Optional.of(view.version()))) {
        spark.sql(view.createStatement());
      }
    }
  }

  private Optional<Integer> version(String name) {
    var properties = spark.sql("SHOW TBLPROPERTIES " + name).collectAsList();
    return property(properties, LakeTable.VERSION_PROPERTY).map(Integer::valueOf);
  }

  private void requireVersion(LakeTable table, Path path) {
    var properties = spark.sql("SHOW TBLPROPERTIES " + table.fullName()).collectAsList();
    var found = property(properties, LakeTable.VERSION_PROPERTY);
    if (!found.equals(Optional.of(Integer.toString(table.schemaVersion())))) {
      throw UserError.data(
          "table %s of lake %s has schema version %s, this Coterie reads %d"
              .formatted(table.name(), path, found.orElse("none"), table.schemaVersion()),
          "use the Coterie that wrote it, or ingest into a new lake");
    }
  }

  private static Optional<String> property(List<Row> properties, String key) {
    return properties.stream()
        .filter(row -> row.getString(0).equals(key))
        .map(row -> row.getString(1))
        .findFirst();
  }

  public SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    spark.stop();
  }
}
