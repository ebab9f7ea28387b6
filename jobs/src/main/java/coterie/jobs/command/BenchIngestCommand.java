package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.bench.IngestBench;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.text.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie bench ingest}. */
@Command(
    name = "ingest",
    description = "Ingest beside one thread that only decodes the same lines in memory.",
    footer = {
      "",
      "Recorded responses are copied until there are enough, into a temporary folder that goes at",
      "the end, and a lake beside them. Rounds alternate; the first of each is not counted.",
      "",
      "Example:",
      "  coterie bench ingest --model gpt-oss-20b --megabytes 100,300,1000 traces/mmlu_test.jsonl.gz"
    })
final class BenchIngestCommand implements Callable<Integer> {

  private static final long BYTES_PER_MEGABYTE = 1_000_000;

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Their model.")
  private String model;

  @Option(
      names = "--megabytes",
      paramLabel = "N,N..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1000",
      description = "Lines before compression (default: ${DEFAULT-VALUE}).")
  private List<Integer> megabytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds that are counted (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Parameters(paramLabel = "FILE", description = "Recorded vLLM responses, one a line.")
  private Path recorded;

  @Override
  public Integer call() {
    Checks.atLeast("--rounds", rounds, 1);
    megabytes.forEach(size -> Checks.atLeast("--megabytes", size, 1));
    if (!Files.isRegularFile(recorded)) {
      throw UserError.data("no file '%s'".formatted(recorded), "give recorded responses of vLLM");
    }
    try {
      var folder = Files.createTempDirectory("coterie-bench");
      try {
        measure(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return 0;
  }

  private void measure(Path folder) throws IOException {
    var results = new ArrayList<IngestBench.Result>();
    try (OpenLake lake = lakeOptions.openOrCreate(folder.resolve("lake").toString())) {
      var bench = new IngestBench(lake.spark(), model);
      for (int size : megabytes) {
        var copies = folder.resolve("copies-" + size);
        results.add(bench.run(recorded, copies, size * BYTES_PER_MEGABYTE, rounds));
        delete(copies);
      }
      lake.clearProgress();
    }
    var table =
        new TextTable("MB of lines", "tokens", "ingest s", "decode loop s", "MB/s", "ratio");
    for (var result : results) {
      double seconds = IngestBench.Result.median(result.ingest());
      double megabytesRead = (double) result.lineBytes() / BYTES_PER_MEGABYTE;
      table.row(
          "%,.0f".formatted(megabytesRead),
          "%,d".formatted(result.tokens()),
          "%.2f".formatted(seconds),
          "%.2f".formatted(IngestBench.Result.median(result.decode())),
          "%.1f".formatted(megabytesRead / seconds),
          "%.2f".formatted(result.ratio()));
    }
    System.out.print(table.render());
    System.out.printf(
        "  medians of %d rounds, %d processors; ratio: decode loop (one thread) / ingest%n",
        rounds, Runtime.getRuntime().availableProcessors());
    if (results.size() > 1) {
      System.out.printf("  time grows with size to the power of %.2f%n", exponent(results));
    }
  }

  /** Slope of the least-squares line through the logarithms. */
  private static double exponent(List<IngestBench.Result> results) {
    var line = new SimpleRegression();
    for (var result : results) {
      line.addData(
          Math.log((double) result.lineBytes()),
          Math.log(IngestBench.Result.median(result.ingest())));
    }
    return line.getSlope();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
