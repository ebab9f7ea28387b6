package coterie.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.simulate.Baselines;
import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.RequestReplayStore;
import coterie.jobs.simulate.RequestReplayTable;
import coterie.jobs.simulate.SweepGrid;
import coterie.planner.algorithm.PlannerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie sweep}. */
@Command(
    name = "sweep",
    description =
        "Plan and replay a grid of GPUs, spare slots, planners and loads; find the best within a"
            + " latency.",
    footer = {
      "",
      "Every layout is planned for one router and the loads of the sweep, then held-out requests"
          + " are",
      "replayed on it, beside EPLB without spares and experts in tensor shards. Prints the Pareto",
      "front of tokens/s a GPU against TPOT and the cheapest spare slots that bring 95 %% of the"
          + " gain.",
      "",
      "Example:",
      "  coterie sweep --lake lake --model gpt-oss-20b --datasets mmlu_test \\",
      "    --judged-on mmlu_dev --gpus 4,8 --spares 0,1,2 --in-flight 1,4,16 --tpot-ms 3"
    })
final class SweepCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model to place.")
  private String model;

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      description = "Its revision; needed if the lake has more than one.")
  private Optional<String> revision = Optional.empty();

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
      description = "Data sets to replay; none of those planned on.")
  private List<String> judgedOn;

  @Option(
      names = "--gpus",
      paramLabel = "G,G..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "GPUs of a group: EP sizes.")
  private List<Integer> gpus;

  @Option(
      names = "--spares",
      paramLabel = "S,S..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "0,1,2",
      description = "Spare slots of a GPU in each layer (default: ${DEFAULT-VALUE}).")
  private List<Integer> spares;

  @Option(
      names = "--planners",
      paramLabel = "P,P..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "eplb,local-search",
      description = "Planners, see coterie plan (default: ${DEFAULT-VALUE}).")
  private List<String> planners;

  @Option(
      names = "--router",
      paramLabel = "R",
      defaultValue = "exact",
      description =
          "Rule that plans are made for and replayed under, see coterie simulate"
              + " (default: ${DEFAULT-VALUE}).")
  private String router;

  @Option(
      names = "--loop",
      paramLabel = "KIND",
      defaultValue = "closed",
      description =
          "closed, or token: batches of no requests, for loads that requests do not give"
              + " (default: ${DEFAULT-VALUE}).")
  private String loop;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Steps to plan on, and to price with --loop token (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Moves that a search tries in each layer (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--tpot-ms",
      paramLabel = "X,X..",
      split = ",",
      hideParamSyntax = true,
      description = "Latencies to find the best configuration within, in milliseconds.")
  private List<Double> tpotMillis = List.of();

  @Option(names = "--all", description = "Print every configuration, not the front alone.")
  private boolean all;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write every configuration there, as in table request_replay.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Same seed, same result (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private LoopOptions loopOptions;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var kind = check();
    var grid =
        new SweepGrid(
            gpus,
            spares,
            kinds(),
            Checks.router(router),
            loopOptions.inFlight.stream().map(n -> n / loopOptions.groups).toList(),
            steps,
            proposals,
            seed);
    try (OpenLake lake = lakeOptions.open()) {
      var selector = new Selector(lake.spark());
      var planning = new Selection(selector.model(model, revision), datasets, "decode");
      var judged = planning.of(judgedOn);
      var checked = selector.check(planning);
      Console.warn(checked.warnings());
      if (grid.planners().stream().anyMatch(PlannerKind::needsSets)) {
        checked.requireSets("sweep");
      }
      Console.warn(selector.check(judged).warnings());
      requireHeldOut(selector, planning, judged);
      loopOptions.profiles(judged.model());
      var plans = grid.plan(lake.spark(), planning, checked.countsOnly());
      var results =
          new LoopSimulation(lake.spark(), loopOptions, planning, judged, seed)
              .run(
                  kind,
                  new Baselines(lake.spark(), planning, checked.countsOnly()).with(plans),
                  List.of(grid.router()),
                  new LoopSimulation.Arrivals(false, 0),
                  steps);
      var lines = results.lines();
      var rows = RequestReplayStore.rows("sweep", judged, results.request(), lines, List.of());
      new RequestReplayStore(lake.spark()).append(rows);
      json.ifPresent(file -> write(file, rows));
      lake.clearProgress();
      var table = new SweepTable(results.request(), lines);
      System.out.print(table.configurations(all));
      System.out.print(table.legend());
      System.out.println();
      tpotMillis.forEach(millis -> System.out.print(table.best(millis)));
      System.out.print(table.budgets());
      System.out.printf(
          "  %d configurations, %,d requests of %s, seed %d, %s%n",
          lines.size(),
          results.request().requests().size(),
          String.join(", ", judgedOn),
          seed,
          watch);
    }
    return 0;
  }

  private LoopKind check() {
    loopOptions.check();
    Checks.oneOf("--loop", loop, List.of(LoopKind.CLOSED.label(), LoopKind.TOKEN.label()));
    gpus.forEach(value -> Checks.atLeast("--gpus", value, 1));
    spares.forEach(value -> Checks.atLeast("--spares", value, 0));
    Checks.atLeast("--steps", steps, 1);
    Checks.atLeast("--proposals", proposals, 1);
    for (double millis : tpotMillis) {
      if (!(millis > 0)) {
        throw UserError.usage("--tpot-ms is " + millis, "must be above 0");
      }
    }
    if (loopOptions.profiles.size() > 1 || loopOptions.allocators.size() > 1) {
      throw UserError.usage(
          "a sweep has one of --profiles and one --allocator",
          "their configurations cannot be chosen between; sweep once for each");
    }
    return LoopKind.find(loop).orElseThrow();
  }

  private List<PlannerKind> kinds() {
    return planners.stream()
        .map(
            label ->
                PlannerKind.find(label)
                    .orElseThrow(
                        () ->
                            UserError.usage(
                                "unknown --planners '%s'".formatted(label),
                                "one of: "
                                    + Arrays.stream(PlannerKind.values())
                                        .map(PlannerKind::label)
                                        .collect(Collectors.joining(", ")))))
        .toList();
  }

  private static void requireHeldOut(Selector selector, Selection planning, Selection judged) {
    var common = new ArrayList<>(planning.datasets());
    common.retainAll(judged.datasets());
    if (!common.isEmpty() || selector.sharedBlocks(planning, judged) > 0) {
      throw UserError.usage(
          "--judged-on %s holds tokens that are planned on"
              .formatted(String.join(",", judged.datasets())),
          "name other data sets, which plans have not seen");
    }
  }

  private static void write(Path file, List<Row> rows) {
    var names = RequestReplayTable.TABLE.schema().fieldNames();
    var objects = new ArrayList<Map<String, Object>>();
    for (var row : rows) {
      var fields = new LinkedHashMap<String, Object>();
      for (int i = 0; i < names.length; i++) {
        var value = row.get(i);
        fields.put(names[i], value instanceof Instant ? value.toString() : value);
      }
      objects.add(fields);
    }
    try {
      Files.writeString(
          file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(objects));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
