package coterie.jobs.command;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeReceipt;
import coterie.analytics.AnalyzeRequest;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
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
    description = "Count loads, pairs and sets of experts: expert_load, coactivation, expert_set.",
    footer = {"", "Example:", "  coterie analyze --lake lake --model gpt-oss-20b"})
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
      names = "--sample-tokens",
      paramLabel = "N",
      defaultValue = "" + AnalyzeRequest.DEFAULT_SAMPLE_TOKENS,
      description = "Tokens of a leaf that expert_set holds (default: ${DEFAULT-VALUE}).")
  private long sampleTokens;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the sample (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.atLeast("--sample-tokens", sampleTokens, 1);
    AnalyzeReceipt receipt;
    try (OpenLake lake = lakeOptions.open()) {
      var request = new AnalyzeRequest(model, datasets, sampleTokens, seed);
      receipt = lake.writeStatistics(() -> new Analysis(lake.spark()).run(request));
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
    print(receipt, watch, System.out);
    return 0;
  }

  static void print(AnalyzeReceipt receipt, Stopwatch watch, PrintStream out) {
    var table = new TextTable("model", "data set", "phase", "day", "tokens", "sampled");
    rows(receipt.leaves()).forEach(e -> table.row(cells(e.getKey(), e.getValue(), sampled(e))));
    rows(receipt.countLeaves())
        .forEach(e -> table.row(cells(e.getKey(), e.getValue(), "counts only")));
    out.print(table.render());
    out.printf("  counted into expert_load, coactivation and expert_set, %s%n", watch);
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
