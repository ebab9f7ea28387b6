package coterie.jobs.command;

import coterie.jobs.bench.RoutersBench;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.text.TextTable;
import coterie.planner.model.Cluster;
import coterie.planner.routing.RouterRule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie bench routers}. */
@Command(
    name = "routers",
    description =
        "EPLB and our plans under every rule that picks replicas, with and without spares.",
    footer = {
      "",
      "Costs are expected distinct expert copies on the busiest GPU, mean over layers, one for each",
      "batch size. `filled` fills every slot for the rule; `ours` is what the planner hands out: it",
      "leaves spare slots out where they cost more than none on the planning data.",
      "",
      "Example:",
      "  coterie bench routers --lake lake --model gpt-oss-20b --datasets mmlu_test \\",
      "    --judged-on mmlu_dev --gpus 8 --slots-per-gpu 5,6"
    })
final class BenchRoutersCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model to place.")
  private String model;

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Data sets to plan on.")
  private List<String> datasets;

  @Option(
      names = "--judged-on",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Data sets to judge on.")
  private List<String> judgedOn;

  @Option(names = "--gpus", paramLabel = "G", required = true, description = "GPUs.")
  private int gpus;

  @Option(
      names = "--slots-per-gpu",
      paramLabel = "S,S..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Expert replicas that a GPU holds in each layer; more than without spares.")
  private List<Integer> slotsPerGpu;

  @Option(
      names = "--batch",
      paramLabel = "B,B..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1,4,16",
      description = "Tokens a step, equally often (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--router",
      paramLabel = "R,R..",
      split = ",",
      hideParamSyntax = true,
      description = "Rules of the table (default: all).")
  private List<String> routers = Arrays.stream(RouterRule.values()).map(RouterRule::label).toList();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "" + PlanCommand.DEFAULT_STEPS,
      description = "Steps drawn to plan on, for each batch size (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "" + PlanCommand.DEFAULT_PROPOSALS,
      description = "Moves tried in each layer (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Same seed, same table (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.batches(batches);
    Checks.atLeast("--steps", steps, 1);
    Checks.atLeast("--proposals", proposals, 1);
    Checks.atLeast("--gpus", gpus, 1);
    slotsPerGpu.forEach(slots -> Checks.atLeast("--slots-per-gpu", slots, 1));
    var rules = routers.stream().map(Checks::router).toList();
    try (OpenLake lake = lakeOptions.open()) {
      var selector = new Selector(lake.spark());
      var planned = new Selection(selector.model(model, Optional.empty()), datasets, "decode");
      var judged = planned.of(judgedOn);
      selector.check(planned).requireSets("bench routers");
      selector.check(judged).requireSets("bench routers");
      for (int slots : slotsPerGpu) {
        var settings =
            new RoutersBench.Settings(
                planned,
                judged,
                new Cluster(gpus, slots),
                batches,
                rules,
                steps,
                proposals,
                SimulateCommand.DEFAULT_STEPS,
                seed);
        var rows = new RoutersBench(lake.spark(), settings).run();
        lake.clearProgress();
        System.out.printf("%s, batch %s%n", settings.cluster(), join(batches));
        System.out.print(table(rows));
      }
      System.out.printf(
          "  planned on %s, judged on %s, seed %d, %s%n",
          String.join(", ", datasets), String.join(", ", judgedOn), seed, watch);
    }
    return 0;
  }

  private static String table(List<RoutersBench.Row> rows) {
    var table =
        new TextTable(
            "router", "eplb", "ours, no spares", "ours, filled", "ours", "spares", "beats eplb");
    for (var row : rows) {
      table.row(
          row.rule().label(),
          costs(row.eplb()),
          costs(row.bare()),
          costs(row.filled()),
          costs(row.ours()),
          row.kept() ? "kept" : "left out",
          row.nowhereAbove(row.eplb()) ? "yes" : "no");
    }
    return table.render();
  }

  private static String costs(List<Double> costs) {
    return costs.stream().map("%.3f"::formatted).collect(Collectors.joining(" / "));
  }

  private static String join(List<Integer> batches) {
    return batches.stream().map(Object::toString).collect(Collectors.joining(" / "));
  }
}
