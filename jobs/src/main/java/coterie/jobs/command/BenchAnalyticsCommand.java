package coterie.jobs.command;

import coterie.jobs.bench.AnalyticsBench;
import coterie.jobs.bench.AnalyticsBench.Way;
import coterie.jobs.bench.DuckDb;
import coterie.jobs.bench.StandaloneBench;
import coterie.jobs.bench.StandaloneBench.Measured;
import coterie.jobs.bench.StandaloneCluster;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.text.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie bench analytics}. */
@Command(
    name = "analytics",
    description = "Statistics from the lake beside other ways to the same numbers.",
    footer = {
      "",
      "Works: pairs (beside threads over blocks in memory), sql (pairs beside Spark SQL and",
      "DuckDB), subsets (beside MLlib's FPGrowth, minutes), all (all statistics at growing sizes),",
      "standalone (the same by coterie analyze on a cluster of one executor, with its heap), large",
      "(all statistics at 58 layers of 256 experts). All on made-up tokens in a temporary lake;",
      "ways whose answers differ end the command.",
      "",
      "Example:",
      "  coterie bench analytics --work pairs,sql --duckdb duckdb_jdbc.jar"
    })
final class BenchAnalyticsCommand implements Callable<Integer> {

  private static final List<String> WORKS =
      List.of("pairs", "sql", "subsets", "all", "standalone", "large");
  private static final double MILLION = 1e6;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--work",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "pairs,sql",
      description = "What to measure (default: ${DEFAULT-VALUE}).")
  private List<String> works;

  @Option(
      names = "--million",
      paramLabel = "N,N..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "8,32,128",
      description = "Millions of token-layers of all and standalone (default: ${DEFAULT-VALUE}).")
  private List<Integer> millions;

  @Option(
      names = "--duckdb",
      paramLabel = "JAR",
      description = "DuckDB's JDBC driver, for the work 'sql' (default: without DuckDB).")
  private Optional<Path> duckDbJar = Optional.empty();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds that are counted (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Override
  public Integer call() throws Exception {
    works.forEach(work -> Checks.oneOf("--work", work, WORKS));
    millions.forEach(size -> Checks.atLeast("--million", size, 1));
    Checks.atLeast("--rounds", rounds, 1);
    var folder = Files.createTempDirectory("coterie-bench");
    try (OpenLake lake = lakeOptions.openOrCreate(folder.resolve("lake").toString())) {
      var bench = new AnalyticsBench(lake.spark(), folder, rounds);
      for (String work : works) {
        run(work, bench, lake, folder);
      }
    } finally {
      delete(folder);
    }
    return 0;
  }

  private void run(String work, AnalyticsBench bench, OpenLake lake, Path folder) throws Exception {
    switch (work) {
      case "pairs" ->
          print(
              lake,
              "pairs, 32 M token-layers, 16 x 128, top-8",
              "pairs",
              bench.pairs(16, 128, 8, 32_000_000));
      case "sql" -> printSql(bench, lake);
      case "subsets" -> {
        print(lake, "subsets, support 0.01", "tokens", bench.subsets(125_000, 0.01));
        print(lake, "subsets, support 0.001", "tokens", bench.subsets(125_000, 0.001));
      }
      case "all" -> {
        var ways = bench.all(16, 128, 8, sizes());
        print(lake, "all statistics, 16 x 128, top-8", "token-layers", ways);
        printExponent(ways, Way::items, Way::seconds);
      }
      case "standalone" -> printStandalone(lake, folder);
      default ->
          print(
              lake,
              "all statistics, 58 x 256, top-8",
              "token-layers",
              bench.all(58, 256, 8, List.of(16_000_000L)));
    }
  }

  private List<Long> sizes() {
    return millions.stream().map(size -> (long) (size * MILLION)).toList();
  }

  private void printStandalone(OpenLake lake, Path folder)
      throws IOException, InterruptedException {
    var bench =
        new StandaloneBench(lake.spark(), folder.resolve("lake"), folder.resolve("cluster"));
    var table =
        new TextTable(
            "all statistics, standalone, 16 x 128, top-8",
            "seconds",
            "M token-layers/s",
            "driver peak heap MB",
            "executor peak heap MB");
    var runs = bench.run(16, 128, 8, sizes());
    for (var run : runs) {
      table.row(
          "%,d token-layers".formatted(run.tokenLayers()),
          "%.1f".formatted(run.seconds()),
          "%.2f".formatted(run.tokenLayers() / run.seconds() / MILLION),
          "%.0f".formatted(run.driverHeapBytes() / MILLION),
          "%.0f".formatted(run.executorHeapBytes() / MILLION));
    }
    lake.clearProgress();
    System.out.print(table.render());
    printExponent(runs, Measured::tokenLayers, Measured::seconds);
    System.out.printf("  heaps of driver and executor: %,d MB%n%n", StandaloneCluster.HEAP_MB);
  }

  private void printSql(AnalyticsBench bench, OpenLake lake) throws Exception {
    if (duckDbJar.isEmpty()) {
      print(
          lake, "pairs, 2 M token-layers", "pairs", bench.pairsInSql(2_000_000, Optional.empty()));
      return;
    }
    try (var duckDb = new DuckDb(duckDbJar.get())) {
      print(
          lake,
          "pairs, 2 M token-layers",
          "pairs",
          bench.pairsInSql(2_000_000, Optional.of(duckDb)));
    }
  }

  /** The first way is ours: the others' seconds over its. */
  private static void print(OpenLake lake, String work, String unit, List<Way> ways) {
    lake.clearProgress();
    var table = new TextTable(work, "seconds", "M " + unit + "/s", "peak heap MB", "times ours");
    for (var way : ways) {
      table.row(
          way.name(),
          "%.3f".formatted(way.seconds()),
          "%.1f".formatted(way.rate() / MILLION),
          "%.0f".formatted(way.peakBytes() / MILLION),
          "%.2f".formatted(way.seconds() / ways.get(0).seconds()));
    }
    System.out.print(table.render());
    System.out.println();
  }

  private static <T> void printExponent(
      List<T> runs, ToDoubleFunction<T> size, ToDoubleFunction<T> seconds) {
    if (runs.size() > 1) {
      var line = new SimpleRegression();
      runs.forEach(
          run ->
              line.addData(
                  Math.log(size.applyAsDouble(run)), Math.log(seconds.applyAsDouble(run))));
      System.out.printf("  time grows with size to the power of %.2f%n", line.getSlope());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
