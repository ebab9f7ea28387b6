package coterie.jobs.command;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeReceipt;
import coterie.analytics.AnalyzeRequest;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.text.ItemLines;
import coterie.jobs.text.TextTable;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie analyze}. */
@Command(
    name = "analyze",
    description = "Bring all statistics up to date with the traces in the lake.",
    footer = {
      "",
      "Days of data sets whose traces and options have not changed are not counted again. Then"
          + " days,",
      "data sets and workloads of the model are compared: drift, similarity.",
      "",
      "Example:",
      "  coterie analyze --lake lake --model gpt-oss-20b --min-support 0.005"
    })
final class AnalyzeCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", description = "Only this model (default: all).")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      description = "Only these data sets (default: all).")
  private List<String> datasets = List.of();

  @Option(
      names = "--recount",
      description = "Count every day again, also those that did not change.")
  private boolean recount;

  @Mixin private AnalyzeOptions options;

  @Mixin private ComputeOptions computeOptions;

  @Option(names = "--json", description = "Print the receipt as JSON, one object on one line.")
  private boolean json;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var compute = computeOptions.compute();
    var request = new AnalyzeRequest(model, datasets, Optional.of(options.settings()), recount);
    AnalyzeReceipt receipt;
    try (OpenLake lake = lakeOptions.open()) {
      computeOptions.requireDevice(lake.spark());
      receipt =
          lake.writeStatistics(
              () ->
                  ComputeOptions.explained(() -> new Analysis(lake.spark(), compute).run(request)));
    }
    if (receipt.isEmpty()) {
      throw UserError.data(
          "nothing to count%s%s"
              .formatted(
                  model.map(name -> " for model " + name).orElse(""),
                  datasets.isEmpty() ? "" : " in data sets " + datasets),
          "coterie sql 'SELECT model, dataset, sum(tokens) FROM routing GROUP BY ALL' shows what"
              + " there is");
    }
    if (json) {
      System.out.println(ReceiptJson.of(receipt, watch));
    } else {
      print(receipt, watch, System.out);
    }
    return 0;
  }

  static void print(AnalyzeReceipt receipt, Stopwatch watch, PrintStream out) {
    if (receipt.isUnchanged()) {
      out.printf("  nothing changed: all %s up to date, %s%n", days(receipt.daysPresent()), watch);
      return;
    }
    var table = new TextTable("model", "data set", "phase", "day", "tokens", "sampled");
    rows(receipt.leaves()).forEach(e -> table.row(cells(e.getKey(), e.getValue(), sampled(e))));
    rows(receipt.countLeaves())
        .forEach(e -> table.row(cells(e.getKey(), e.getValue(), "counts only")));
    out.print(table.render());
    refusals(receipt).forEach(out::println);
    out.print(ItemLines.of("  rows: ", written(receipt)));
    out.printf(
        "  counted %s, %d unchanged, %d gone, %s%n",
        days(receipt.daysCounted()),
        receipt.daysPresent() - receipt.daysCounted(),
        receipt.daysGone(),
        watch);
  }

  private static String days(int days) {
    return days == 1 ? "1 day of a data set" : "%,d days of data sets".formatted(days);
  }

  private static List<String> written(AnalyzeReceipt receipt) {
    return receipt.rows().entrySet().stream()
        .map(entry -> "%s %,d".formatted(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Statistics per request need to know the requests. */
  private static List<String> refusals(AnalyzeReceipt receipt) {
    return receipt.leaves().entrySet().stream()
        .filter(entry -> !entry.getValue().named())
        .map(entry -> entry.getKey().dataset())
        .distinct()
        .sorted()
        .map(
            dataset ->
                ("  data set '%s' has blocks without request id: no requests in expert_load, no"
                        + " request_signature of them, union_size by token only, no intervals in"
                        + " drift")
                    .formatted(dataset))
        .toList();
  }

  private static Stream<Map.Entry<Leaf, LeafPlan>> rows(Map<Leaf, LeafPlan> leaves) {
    return leaves.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().toString()));
  }

  private static String sampled(Map.Entry<Leaf, LeafPlan> entry) {
    return "%.1f %%".formatted(100 * entry.getValue().inclusion());
  }

  private static String[] cells(Leaf leaf, LeafPlan plan, String sampled) {
    return new String[] {
      leaf.model(),
      leaf.workload() == null ? leaf.dataset() : leaf.dataset() + "/" + leaf.workload(),
      leaf.phase(),
      leaf.day() == null ? "-" : leaf.day().toString(),
      "%,d".formatted(plan.tokens()),
      sampled
    };
  }
}
