package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.calibrate.Calibration;
import coterie.jobs.calibrate.Calibration.Pair;
import coterie.jobs.text.TextTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie bench profile}. */
@Command(
    name = "profile",
    description = "Predicted beside measured times of kernels on H100, and how far they are apart.",
    footer = {
      "",
      "Constants were fitted to the even rows of every first group of (shape, type, EP); the"
          + " errors",
      "of every second group, which the fit never saw, say what a prediction is worth.",
      "",
      "Example:",
      "  coterie bench profile --measured measured --rows 6"
    })
final class BenchProfileCommand implements Callable<Integer> {

  private static final double MICROSECONDS = 1e6;
  private static final double GOLDEN = 0.6180339887498949;

  @Option(
      names = "--measured",
      paramLabel = "DIR",
      required = true,
      description = "Folder with the published measurements as CSV.")
  private Path measured;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "6",
      description = "Rows shown for each kernel, 0 for all (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(names = "--refit", description = "Fit the constants anew and show them beside.")
  private boolean refit;

  @Override
  public Integer call() {
    Checks.atLeast("--rows", rows, 0);
    if (!Files.isDirectory(measured)) {
      throw UserError.usage(
          "no folder '%s'".formatted(measured), "--measured names a folder of CSV files");
    }
    var kernels = Calibration.of(measured);
    var summary =
        new TextTable("kernel", "rows", "routing", "median error", "90 % below", "reported on");
    for (var kernel : kernels) {
      show(kernel);
      summarise(kernel, summary);
    }
    System.out.print(summary.render());
    System.out.println("  error: |predicted / measured - 1|");
    return 0;
  }

  private void show(Calibration kernel) {
    System.out.printf("%s (%s)%n", kernel.title(), kernel.file());
    var now = kernel.constants();
    var anew = refit ? kernel.refit() : now;
    for (int i = 0; i < now.length; i++) {
      System.out.printf("  %-30s %8.3f", kernel.constantNames().get(i), now[i]);
      System.out.println(refit ? "   fitted anew %8.3f".formatted(anew[i]) : "");
    }
    var table =
        new TextTable(
            "group", "routing", "size", "its load", "measured us", "predicted us", "error");
    sample(heldOut(kernel.even(now))).forEach(pair -> row(table, pair));
    sample(kernel.skewed(now)).forEach(pair -> row(table, pair));
    System.out.println(table.render());
  }

  private static void row(TextTable table, Pair pair) {
    table.row(
        pair.group(),
        pair.routing(),
        pair.size(),
        pair.load(),
        "%.1f".formatted(pair.measuredSeconds() * MICROSECONDS),
        "%.1f".formatted(pair.predictedSeconds() * MICROSECONDS),
        "%+.1f %%".formatted(100 * pair.error()));
  }

  /**
   * Some of the rows, spread from first to last by the golden ratio: files repeat themselves, and
   * equal strides could meet the same size every time.
   */
  private List<Pair> sample(List<Pair> pairs) {
    if (rows == 0 || pairs.size() <= rows) {
      return pairs;
    }
    return IntStream.range(0, rows)
        .mapToObj(i -> (int) (pairs.size() * ((i + 1) * GOLDEN % 1)))
        .sorted()
        .distinct()
        .map(pairs::get)
        .toList();
  }

  private static List<Pair> heldOut(List<Pair> pairs) {
    return pairs.stream().filter(Pair::heldOut).toList();
  }

  private static void summarise(Calibration kernel, TextTable summary) {
    var even = kernel.even(kernel.constants());
    errors(summary, kernel.title(), "even", heldOut(even), "groups not fitted to");
    errors(
        summary,
        kernel.title(),
        "even",
        even.stream().filter(pair -> !pair.heldOut()).toList(),
        "groups fitted to");
    var skewed =
        kernel.skewed(kernel.constants()).stream()
            .collect(Collectors.groupingBy(Pair::routing, TreeMap::new, Collectors.toList()));
    skewed.forEach(
        (routing, pairs) -> errors(summary, kernel.title(), routing, pairs, "all, load drawn"));
  }

  private static void errors(
      TextTable summary, String title, String routing, List<Pair> pairs, String on) {
    summary.row(
        title,
        "%,d".formatted(pairs.size()),
        routing,
        "%.1f %%".formatted(100 * Calibration.quantile(pairs, 0.5)),
        "%.1f %%".formatted(100 * Calibration.quantile(pairs, 0.9)),
        on);
  }
}
