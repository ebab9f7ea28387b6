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
  private final Place place;

  private Lake(SparkSession spark, Place place) {
    this.spark = spark;
    this.place = place;
  }

  /**
   * Where a lake is.
   *
   * @param name as the user knows it
   * @param folder null if it is not local
   * @param uri of the folder, ending in a slash
   * @param shared true if other hosts may write to it
   */
  private record Place(
      String name, Path folder, String uri, CatalogAddress catalog, boolean shared) {

    static Place of(String name, Optional<CatalogAddress> catalog) {
      if (remote(name)) {
        if (catalog.isEmpty()) {
          throw UserError.usage(
              "the lake '%s' is not a local folder, and no --catalog is given".formatted(name),
              "the catalog of a local lake is a file and serves one host; name a database with"
                  + " --catalog jdbc:postgresql://HOST/DATABASE, or give --lake a local folder");
        }
        return new Place(name, null, name.endsWith("/") ? name : name + "/", catalog.get(), true);
      }
      var path = name.startsWith("file://") ? name.substring("file://".length()) : name;
      var folder = Path.of(path).toAbsolutePath().normalize();
      var uri = folder.toUri().toString();
      return new Place(
          folder.toString(),
          folder,
          uri.endsWith("/") ? uri : uri + "/",
          catalog.orElseGet(() -> CatalogAddress.ofFile(folder.resolve(CATALOG_FILE))),
          catalog.isPresent());
    }

    private static boolean remote(String folder) {
      return folder.contains("://") && !folder.startsWith("file://");
    }
  }

  /**
   * Does some work when no other command does the same in this lake.
   *
   * @param waiting called once if another is at it
   */
  public <T> T alone(String what, Runnable waiting, Supplier<T> work) {
    if (!place.shared()) {
      return LakeLock.alone(place.folder(), what, waiting, work);
    }
    try (var lease = Lease.await(place.catalog(), what, waiting)) {
      var result = work.get();
      lease.requireHeld();
      return result;
    }
  }

  /**
   * Takes a lock that all hosts see and that runs out some time after its process has died.
   *
   * @throws UserError naming who has it, if somebody has
   */
  public Lease lease(String what) {
    return Lease.take(place.catalog(), what);
  }

  /**
   * Opens a local lake that is there.
   *
   * @param tables made where they are missing
   * @throws UserError if there is none, or its tables are of another version
   */
  public static Lake open(String folder, Optional<String> master, List<LakeTable> tables) {
    return open(folder, Optional.empty(), master, tables);
  }

  /**
   * Opens a lake that is there.
   *
   * @param catalog empty for the file that a local lake has
   * @param tables made where they are missing
   * @throws UserError if there is none, or its tables are of another version
   */
  public static Lake open(
      String folder,
      Optional<CatalogAddress> catalog,
      Optional<String> master,
      List<LakeTable> tables) {
    var place = Place.of(folder, catalog);
    if (!place.shared() && !Files.exists(place.folder().resolve(CATALOG_FILE))) {
      throw missing(folder);
    }
    return start(place, master, tables, place.shared());
  }

  private static UserError missing(String folder) {
    return UserError.data(
        "no lake in '%s'".formatted(folder), "coterie ingest makes one; see coterie ingest --help");
  }

  /** Opens a local lake, and makes it if there is none. */
  public static Lake openOrCreate(String folder, Optional<String> master, List<LakeTable> tables) {
    return openOrCreate(folder, Optional.empty(), master, tables);
  }

  /**
   * Opens a lake, and makes it if there is none.
   *
   * @param catalog empty for the file that a local lake has
   * @param tables made where they are missing
   * @throws UserError if the folder cannot be made, or the tables are of another version
   */
  public static Lake openOrCreate(
      String folder,
      Optional<CatalogAddress> catalog,
      Optional<String> master,
      List<LakeTable> tables) {
    var place = Place.of(folder, catalog);
    if (place.folder() != null) {
      try {
        Files.createDirectories(place.folder());
      } catch (IOException failure) {
        throw UserError.data(
            "cannot make the lake's folder '%s': %s".formatted(folder, failure.getMessage()),
            "give a folder that you may write with --lake DIR");
      }
    }
    return start(place, master, tables, false);
  }

  private static Lake start(
      Place place, Optional<String> master, List<LakeTable> tables, boolean mustBeThere) {
    var lake = new Lake(SparkSessions.open(place.uri(), place.catalog(), master), place);
    try {
      if (mustBeThere && !lake.hasTables()) {
        throw missing(place.name());
      }
      lake.alone("tables", () -> {}, () -> lake.prepareTables(tables));
    } catch (RuntimeException failure) {
      lake.close();
      throw failure;
    }
    return lake;
  }

  private boolean hasTables() {
    return spark.sql("SHOW NAMESPACES IN " + LakeTable.CATALOG).collectAsList().stream()
        .anyMatch(row -> LakeTable.NAMESPACE.endsWith("." + row.getString(0)));
  }

  private boolean prepareTables(List<LakeTable> tables) {
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
        renew(table);
      } else {
        requireVersion(table);
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
  private void renew(LakeTable table) {
    if (version(table.fullName()).filter(found -> found < table.schemaVersion()).isPresent()) {
      spark.sql("DROP TABLE %s PURGE".formatted(table.fullName()));
      spark.sql(table.createStatement());
    } else {
      requireVersion(table);
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

  private void requireVersion(LakeTable table) {
    var properties = spark.sql("SHOW TBLPROPERTIES " + table.fullName()).collectAsList();
    var found = property(properties, LakeTable.VERSION_PROPERTY);
    if (!found.equals(Optional.of(Integer.toString(table.schemaVersion())))) {
      throw UserError.data(
          "table %s of lake %s has schema version %s, this Coterie reads %d"
              .formatted(table.name(), place.name(), found.orElse("none"), table.schemaVersion()),
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
