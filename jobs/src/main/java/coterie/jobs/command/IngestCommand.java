package coterie.jobs.command;

import coterie.ingest.DayRule;
import coterie.ingest.Ingest;
import coterie.ingest.IngestReceipt;
import coterie.ingest.IngestRequest;
import coterie.ingest.WorkloadRule;
import coterie.ingest.block.SourceReport;
import coterie.ingest.error.UserError;
import coterie.ingest.read.IssueReason;
import coterie.ingest.read.TraceFormat;
import coterie.jobs.command.LakeOptions.OpenLake;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie ingest}. */
@Command(
    name = "ingest",
    description = "Read expert-activation traces into the lake.",
    footer = {
      "",
      "Example:",
      "  coterie ingest --model gpt-oss-20b --dataset chat --lake lake \\",
      "    --day 'traces/(\\d{4}-\\d{2}-\\d{2})/' --workload '^([^/]+)/' traces/"
    })
final class IngestCommand implements Callable<Integer> {

  private static final String AUTO = "auto";
  private static final int PATHS_SHOWN = 5;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = AUTO,
      description = "Name of a format, or auto to tell by content (default: ${DEFAULT-VALUE}).")
  private String format;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model name.")
  private String model;

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      defaultValue = "main",
      description = "Revision of the model's weights (default: ${DEFAULT-VALUE}).")
  private String revision;

  @Option(
      names = "--model-file",
      paramLabel = "FILE",
      description =
          "JSON file with the model's shape, or its config.json of Hugging Face, for models that"
              + " are not built in.")
  private Optional<String> modelFile = Optional.empty();

  @Option(names = "--dataset", paramLabel = "NAME", required = true, description = "Data set name.")
  private String dataset;

  @Option(
      names = "--day",
      paramLabel = "DAY",
      description = {
        "Day of the traces: a date, or a pattern on the path with one group",
        "(default: the day that they state themselves)."
      })
  private Optional<String> day = Optional.empty();

  @Option(
      names = "--workload",
      paramLabel = "RULE",
      description = {
        "Family of each request: a field of its record, or a pattern on its id",
        "with one group (default: what the traces state themselves)."
      })
  private Optional<String> workload = Optional.empty();

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      description = "prefill or decode, for traces that do not say which tokens were prompt.")
  private Optional<String> phase = Optional.empty();

  @Option(
      names = "--strict",
      description = "Stop at the first bad record or token, and leave the lake as it was.")
  private boolean strict;

  @Option(
      names = "--rows",
      description = {
        "Keep one row per token and layer too, in table activation, for SQL and GPUs.",
        "Holds for the whole data set, for files that are there and for those to come."
      })
  private boolean rows;

  @Option(names = "--json", description = "Print the receipt as JSON, one object on one line.")
  private boolean json;

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, folders and globs.")
  private List<String> paths;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var request =
        new IngestRequest(
            paths,
            format(),
            Checks.name("--model", model),
            Checks.name("--revision", revision),
            modelFile,
            Checks.name("--dataset", dataset),
            day.map(DayRule::parse),
            phase.map(Checks::statedPhase),
            workload.map(WorkloadRule::parse),
            strict,
            rows);
    IngestReceipt receipt;
    try (OpenLake lake = lakeOptions.openOrCreate()) {
      receipt = lake.writeFacts(model, dataset, () -> new Ingest(lake.spark()).run(request));
    }
    if (json) {
      System.out.println(ReceiptJson.of(request, receipt, watch));
    } else {
      print(request, receipt, watch, System.out);
    }
    if (receipt.nothingKept()) {
      throw UserError.data(
          "no token of %s fits model %s".formatted(receipt.ingested().get(0).path(), model),
          firstIssue(receipt));
    }
    return 0;
  }

  private Optional<TraceFormat> format() {
    if (format.equals(AUTO)) {
      return Optional.empty();
    }
    var found = TraceFormat.find(format);
    if (found.isEmpty()) {
      throw UserError.usage(
          "unknown --format '%s'".formatted(format),
          "one of: auto, "
              + Arrays.stream(TraceFormat.values())
                  .map(TraceFormat::label)
                  .collect(Collectors.joining(", ")));
    }
    return found;
  }

  /** The receipt; also used by {@code demo}. */
  static void print(
      IngestRequest request, IngestReceipt receipt, Stopwatch watch, PrintStream out) {
    var model = receipt.model();
    out.printf(
        "ingest %s: %d MoE layers, top-%d of %d experts (%s)%n",
        model.name(),
        model.moeLayers().size(),
        model.topK(),
        model.experts(),
        receipt.modelOrigin());
    var formats = new TreeSet<String>();
    receipt.ingested().forEach(file -> formats.add(file.format()));
    out.printf(
        "  %-9s %,d read%s, %,d already there, %,d replaced%n",
        "files",
        receipt.ingested().size(),
        formats.isEmpty() ? "" : " (" + String.join(", ", formats) + ")",
        receipt.alreadyThere().size(),
        receipt.replaced().size());
    account(receipt, "records", SourceReport::recordsRead, SourceReport::recordsKept, out);
    account(receipt, "tokens", SourceReport::tokensRead, SourceReport::tokensKept, out);
    printWorkloads(receipt, out);
    printIssues(receipt, out);
    printUnrecognised(receipt.unrecognised(), out);
    out.printf("  data set '%s', %s%n", request.dataset(), watch);
  }

  private static void printUnrecognised(List<String> paths, PrintStream out) {
    if (!paths.isEmpty()) {
      out.printf("  passed over %,d of unknown format:%n", paths.size());
      paths.stream().limit(PATHS_SHOWN).forEach(path -> out.println("    " + path));
      if (paths.size() > PATHS_SHOWN) {
        out.println("    ...");
      }
    }
  }

  private static void account(
      IngestReceipt receipt,
      String what,
      ToLongFunction<SourceReport> readOf,
      ToLongFunction<SourceReport> keptOf,
      PrintStream out) {
    long read = receipt.ingested().stream().mapToLong(f -> readOf.applyAsLong(f.report())).sum();
    long kept = receipt.ingested().stream().mapToLong(f -> keptOf.applyAsLong(f.report())).sum();
    out.printf("  %-9s %,d read = %,d kept + %,d rejected%n", what, read, kept, read - kept);
  }

  private static void printWorkloads(IngestReceipt receipt, PrintStream out) {
    long without =
        receipt.ingested().stream().mapToLong(f -> f.report().recordsWithoutWorkload()).sum();
    if (without > 0) {
      out.printf("  %,d records without a workload: --workload finds none%n", without);
    }
  }

  private static void printIssues(IngestReceipt receipt, PrintStream out) {
    Map<IssueReason, Long> totals = new EnumMap<>(IssueReason.class);
    for (var file : receipt.ingested()) {
      file.report().rejected().forEach((reason, count) -> totals.merge(reason, count, Long::sum));
    }
    totals.forEach(
        (reason, count) ->
            out.printf(
                "  rejected %,d %s%s: %s (%s)%n",
                count,
                reason.unit().label(),
                count == 1 ? "" : "s",
                reason.meaning(),
                example(receipt, reason)));
  }

  private static String example(IngestReceipt receipt, IssueReason reason) {
    for (var file : receipt.ingested()) {
      var samples = file.report().samples(reason);
      if (!samples.isEmpty()) {
        var sample = samples.get(0);
        var place = sample.layer() == null ? "" : ", layer " + sample.layer();
        return "%s, record %d%s: %s"
            .formatted(fileName(file.path()), sample.record(), place, sample.detail());
      }
    }
    return "";
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String firstIssue(IngestReceipt receipt) {
    return receipt.ingested().stream()
        .flatMap(file -> file.report().rejected().keySet().stream())
        .findFirst()
        .map(reason -> reason.meaning() + ": " + example(receipt, reason))
        .orElse("the files hold no request");
  }
}
