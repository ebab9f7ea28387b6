package coterie.jobs.command;

import coterie.analytics.table.StatisticsTables;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ActivationTable;
import coterie.ingest.table.IssueTable;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import coterie.ingest.table.SourceTable;
import coterie.jobs.lake.CatalogAddress;
import coterie.jobs.lake.Lake;
import coterie.jobs.nightly.NightlyTables;
import coterie.jobs.plan.PlanTables;
import coterie.jobs.simulate.ReplayTable;
import coterie.jobs.simulate.RequestReplayTable;
import coterie.jobs.text.Progress;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options of every command that opens a lake. */
final class LakeOptions {

  @Option(
      names = "--lake",
      paramLabel = "DIR",
      description = "Folder of the lake (default: $COTERIE_LAKE).")
  private Optional<String> folder = Optional.empty();

  @Option(
      names = "--catalog",
      paramLabel = "ADDRESS",
      description = {
        "Database of the catalog, where other hosts use the lake too: a JDBC address,",
        "or a file of properties (default: $COTERIE_CATALOG, else a file in a local lake)."
      })
  private Optional<String> catalog = Optional.empty();

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master where Spark is embedded (default: local[*]).")
  private Optional<String> master = Optional.empty();

  @Option(
      names = "--quiet",
      description = "No progress and no receipt; answers, warnings and errors only.")
  private boolean quiet;

  /** Opens the lake that must be there. */
  OpenLake open() {
    return new OpenLake(Lake.open(folder(), catalog(), master, tables()), quiet);
  }

  /** Opens the lake, and makes it if need be. */
  OpenLake openOrCreate() {
    return openOrCreate(folder());
  }

  OpenLake openOrCreate(String otherFolder) {
    return new OpenLake(Lake.openOrCreate(otherFolder, catalog(), master, tables()), quiet);
  }

  /** The folder given, if one is. */
  Optional<String> given() {
    return folder;
  }

  private Optional<CatalogAddress> catalog() {
    return catalog
        .or(() -> Optional.ofNullable(System.getenv("COTERIE_CATALOG")))
        .map(given -> CatalogAddress.parse(given, System.getenv()));
  }

  /** Takes what a file of settings says where the command line says nothing. */
  void otherwise(Optional<String> otherFolder, Optional<String> otherCatalog) {
    folder = folder.or(() -> otherFolder);
    catalog = catalog.or(() -> otherCatalog);
  }

  /** The folder given, or that of the environment. */
  Optional<String> folderIfKnown() {
    return folder.or(() -> Optional.ofNullable(System.getenv("COTERIE_LAKE")));
  }

  private String folder() {
    return folderIfKnown()
        .orElseThrow(
            () -> UserError.usage("no lake given", "give --lake DIR, or set COTERIE_LAKE"));
  }

  static List<LakeTable> tables() {
    var facts =
        List.of(
            RoutingTable.TABLE,
            ActivationTable.TABLE,
            PassLoadTable.TABLE,
            ModelTable.TABLE,
            SourceTable.TABLE,
            IssueTable.TABLE);
    var replays = List.of(ReplayTable.TABLE, RequestReplayTable.TABLE);
    return Stream.of(facts, StatisticsTables.ALL, PlanTables.ALL, replays, NightlyTables.ALL)
        .flatMap(List::stream)
        .toList();
  }

  /** A lake with a progress line on standard error. */
  static final class OpenLake implements AutoCloseable {

    private final Lake lake;
    private final Progress progress;

    private OpenLake(Lake lake, boolean quiet) {
      this.lake = lake;
      var out = quiet ? new PrintStream(OutputStream.nullOutputStream()) : System.err;
      this.progress = new Progress(out, Boolean.getBoolean("coterie.terminal"));
      lake.spark().sparkContext().addSparkListener(progress);
    }

    Lake lake() {
      return lake;
    }

    SparkSession spark() {
      return lake.spark();
    }

    /** Does some work when no other command writes facts of the same data set. */
    <T> T writeFacts(String model, String dataset, Supplier<T> work) {
      return lake.alone(
          "facts of %s in %s".formatted(model, dataset),
          () ->
              System.err.printf("waiting for another command that writes data set '%s'%n", dataset),
          work);
    }

    /** Does some work when no other command writes statistics. */
    <T> T writeStatistics(Supplier<T> work) {
      return lake.alone(
          "statistics",
          () -> System.err.println("waiting for another command that writes statistics"),
          work);
    }

    /** Call before printing results. */
    void clearProgress() {
      progress.clear();
    }

    @Override
    public void close() {
      progress.clear();
      lake.close();
    }
  }
}
