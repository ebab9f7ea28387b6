package coterie.jobs.command;

import coterie.jobs.bench.SearchBench;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.LayerSets;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.model.TokenSets;
import coterie.planner.search.SearchBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scala.Tuple2;

/** {@code coterie bench search}. */
@Command(
    name = "search",
    description = "Local search planned on one data set and judged on another.",
    footer = {
      "",
      "Tables: cost (each batch size and the mix, beside EPLB), balance (the front from a strict",
      "limit on token imbalance to none), migration (from EPLB on --older), regret (against a plan",
      "made on the judged data).",
      "",
      "Example:",
      "  coterie bench search --lake lake --planned mmlu_test --judged mmlu_dev \\",
      "    --older gpqa_extended --slots-per-gpu 4,5,6"
    })
final class BenchSearchCommand implements Callable<Integer> {

  private static final List<String> TABLES = List.of("cost", "balance", "migration", "regret");
  private static final double[] LIMITS = {1.05, 1.08, 1.12, 1.2};
  private static final double[] MOVED_SHARES = {0.01, 0.05, 0.1, 0.25, 1};

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", defaultValue = "gpt-oss-20b", description = "Model in the lake.")
  private String model;

  @Option(names = "--planned", required = true, description = "Data set that is planned on.")
  private String planned;

  @Option(names = "--judged", required = true, description = "Data set that is judged on.")
  private String judged;

  @Option(names = "--older", description = "Data set of the plan in use, for migration.")
  private Optional<String> older = Optional.empty();

  @Option(names = "--gpus", defaultValue = "8", description = "GPUs.")
  private int gpus;

  @Option(
      names = "--slots-per-gpu",
      split = ",",
      defaultValue = "4,5,6",
      description = "Slots of each GPU (default: ${DEFAULT-VALUE}).")
  private List<Integer> slotsPerGpu;

  @Option(names = "--batch", split = ",", defaultValue = "1,4,16", description = "Batch sizes.")
  private List<Integer> batches;

  @Option(
      names = "--steps",
      defaultValue = "" + PlanCommand.DEFAULT_STEPS,
      description = "Steps drawn.")
  private int steps;

  @Option(
      names = "--proposals",
      defaultValue = "" + PlanCommand.DEFAULT_PROPOSALS,
      description = "Moves tried.")
  private long proposals;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of search and judging.")
  private long seed;

  @Option(
      names = "--tables",
      split = ",",
      defaultValue = "cost,balance,migration,regret",
      description = "Which to print (default: all).")
  private List<String> tables;

  @Override
  public Integer call() {
    tables.forEach(table -> Checks.oneOf("--tables", table, TABLES));
    Checks.batches(batches);
    var watch = new Stopwatch();
    List<SearchBench.Layer> layers;
    Optional<List<SearchBench.Layer>> before;
    try (OpenLake lake = lakeOptions.open()) {
      var selector = new Selector(lake.spark());
      var geometry = selector.model(model, Optional.empty());
      var plannedSets = sets(lake, new Selection(geometry, List.of(planned), "decode"));
      var judgedSets = sets(lake, new Selection(geometry, List.of(judged), "decode"));
      layers = layers(plannedSets, judgedSets);
      before =
          older.map(
              name -> {
                var old = sets(lake, new Selection(geometry, List.of(name), "decode"));
                return layers(old, judgedSets);
              });
      lake.clearProgress();
    }
    for (int slots : slotsPerGpu) {
      print(new Cluster(gpus, Checks.atLeast("--slots-per-gpu", slots, 1)), layers, before);
    }
    System.out.printf(
        "  planned on %s, judged on %s, %d layers, %,d proposals, %,d steps, seed %d, %s%n",
        planned, judged, layers.size(), proposals, steps, seed, watch);
    return 0;
  }

  /** What grows with experts x layers: a layer holds its distinct sets, sampled. */
  private static Map<Integer, TokenSets> sets(OpenLake lake, Selection data) {
    new Selector(lake.spark()).check(data).requireSets("bench search");
    int experts = data.model().experts();
    return LayerSets.partition(lake.spark(), data, List.of())
        .mapPartitions(
            rows -> {
              Iterable<LayerSets.Layer> read = () -> LayerSets.read(experts, rows);
              return StreamSupport.stream(read.spliterator(), false)
                  .map(layer -> new Tuple2<>(layer.id(), layer.tokens()))
                  .iterator();
            })
        .collect()
        .stream()
        .collect(Collectors.toMap(Tuple2::_1, Tuple2::_2));
  }

  private static List<SearchBench.Layer> layers(
      Map<Integer, TokenSets> plannedSets, Map<Integer, TokenSets> judgedSets) {
    return plannedSets.keySet().stream()
        .sorted()
        .map(id -> new SearchBench.Layer(id, plannedSets.get(id), judgedSets.get(id)))
        .toList();
  }

  private SearchBench bench(List<SearchBench.Layer> layers) {
    return new SearchBench(layers, batches, steps, SearchBudget.ofProposals(proposals), seed);
  }

  private void print(
      Cluster cluster, List<SearchBench.Layer> layers, Optional<List<SearchBench.Layer>> before) {
    var bench = bench(layers);
    System.out.printf("%s%n", cluster);
    if (tables.contains("cost")) {
      costs(bench, cluster);
    }
    if (tables.contains("balance")) {
      balance(bench, cluster);
    }
    if (tables.contains("migration") && before.isPresent()) {
      migration(bench, bench(before.get()), cluster);
    }
    if (tables.contains("regret")) {
      regret(bench, cluster);
    }
  }

  private void costs(SearchBench bench, Cluster cluster) {
    var table = new TextTable("plan", "distinct experts, batch " + batches, "imbalance");
    add(table, "eplb", bench.row(PlannerKind.EPLB, cluster, Goal.ofBatches(batches)));
    for (int batch : batches) {
      var goal = Goal.ofBatches(List.of(batch));
      add(table, "batch " + batch, bench.row(PlannerKind.LOCAL_SEARCH, cluster, goal));
    }
    add(table, "mix", bench.row(PlannerKind.LOCAL_SEARCH, cluster, Goal.ofBatches(batches)));
    System.out.print(table.render());
  }

  private static void add(TextTable table, String name, SearchBench.Row row) {
    table.row(name, numbers(row.experts()), "%.3f".formatted(row.evenImbalance()));
  }

  private static String numbers(List<Double> values) {
    return values.stream().map("%.4f"::formatted).collect(Collectors.joining(" / "));
  }

  private void balance(SearchBench bench, Cluster cluster) {
    var table =
        new TextTable(
            "imbalance limit",
            "distinct experts, batch " + batches,
            "planned",
            "held out, even",
            "held out, optimal");
    var goals = new ArrayList<Goal>();
    for (double limit : LIMITS) {
      goals.add(Goal.ofBatches(batches).withMostImbalance(limit));
    }
    goals.add(Goal.ofBatches(batches));
    for (var goal : goals) {
      var row = bench.row(PlannerKind.LOCAL_SEARCH, cluster, goal);
      var limit = goal.mostImbalance();
      table.row(
          limit.isPresent() ? "%.2f".formatted(limit.getAsDouble()) : "none",
          numbers(row.experts()),
          "%.3f".formatted(row.plannedImbalance()),
          "%.3f".formatted(row.evenImbalance()),
          "%.3f".formatted(row.optimalImbalance()));
    }
    System.out.print(table.render());
  }

  private void migration(SearchBench bench, SearchBench beforeBench, Cluster cluster) {
    var current = beforeBench.eplb(cluster);
    var limits = new int[MOVED_SHARES.length + 2];
    limits[1] = 4;
    for (int i = 0; i < MOVED_SHARES.length; i++) {
      limits[i + 2] = (int) Math.floor(MOVED_SHARES[i] * cluster.slots());
    }
    Arrays.sort(limits);
    var gains = bench.migrations(current, limits);
    double none = gains.get(0).cost();
    double full = none - gains.get(gains.size() - 1).cost();
    var table = new TextTable("slots a layer", "moved", "mean of batch sizes", "share of the gain");
    for (var gain : gains) {
      table.row(
          gain.allowed(),
          "%.1f".formatted(gain.moved()),
          "%.4f".formatted(gain.cost()),
          "%.0f %%".formatted(100 * (none - gain.cost()) / full));
    }
    System.out.print(table.render());
  }

  private void regret(SearchBench bench, Cluster cluster) {
    var goal = Goal.ofBatches(batches);
    var base = cluster.slotsPerGpu();
    var plain = new Cluster(cluster.gpus(), Math.min(base, slotsPerGpu.get(0)));
    var eplb = bench.row(PlannerKind.EPLB, plain, goal);
    var table = new TextTable("batch", "plan", "hindsight", "eplb on " + plain, "regret");
    for (int i = 0; i < batches.size(); i++) {
      var own = Goal.ofBatches(List.of(batches.get(i)));
      double cost = bench.row(PlannerKind.LOCAL_SEARCH, cluster, own).experts().get(i);
      double best = bench.hindsight(cluster, own).experts().get(i);
      double worst = eplb.experts().get(i);
      table.row(
          batches.get(i).toString(),
          "%.4f".formatted(cost),
          "%.4f".formatted(best),
          "%.4f".formatted(worst),
          "%.1f %%".formatted(100 * (cost - best) / (worst - best)));
    }
    System.out.print(table.render());
  }
}
