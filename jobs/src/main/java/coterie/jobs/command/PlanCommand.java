package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.LayerAlignment;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanJob;
import coterie.jobs.plan.PlanMaker;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.plan.PlannedLayer;
import coterie.jobs.plan.SharedSpares;
import coterie.jobs.plan.SpareSlots;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.BatchShare;
import coterie.planner.algorithm.PlannerKind;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie plan}. */
@Command(
    name = "plan",
    description = "Decide where each expert and its replicas should sit.",
    footer = {
      "",
      "Planners:",
      "  contiguous    slot j holds expert j mod E, what engines start with",
      "  round-robin   expert e on GPU e mod G",
      "  random        uniformly drawn",
      "  eplb          DeepSeek's balancer of token loads, global form",
      "  eplb-hierarchical          the same, each expert group on one node",
      "  lpt                        heaviest replica to the GPU with the fewest tokens",
      "  load-balance               token balance down to its certificate",
      "  load-balance-hierarchical  the same, each expert group on one node",
      "  affinity                   few GPUs a token, token imbalance at most 1.05",
      "  coactivation-greedy        experts that act together apart, one by one",
      "  exhaustive                 all placements of a tiny layer",
      "  local-search  replicas and places searched jointly on the unions of the batch sizes",
      "",
      "Example:",
      "  coterie plan --lake lake --model gpt-oss-20b --datasets mmlu_test \\",
      "    --gpus 8 --slots-per-gpu 5 --batch 1,4,16 --planner local-search --name tonight",
      "  coterie plan --lake lake --model deepseek-v3 --datasets monday --nodes 4 --gpus 32 \\",
      "    --slots-per-gpu 9 --planner eplb-hierarchical --name by-node"
    })
final class PlanCommand implements Callable<Integer> {

  static final int DEFAULT_STEPS = 8_192;
  static final long DEFAULT_PROPOSALS = 30_000;

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model to place.")
  private String model;

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      description = "Its revision, if the lake holds more than one.")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Data sets to plan on; judge on others.")
  private List<String> datasets;

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      defaultValue = "decode",
      description = "prefill, decode, mixed or all (default: ${DEFAULT-VALUE}).")
  private String phase;

  @Mixin private ClusterOptions clusterOptions;

  @Option(
      names = "--batch",
      paramLabel = "B,B..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1,4,16",
      description = "Tokens a step that will be served, equally often (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--batch-weights",
      paramLabel = "W,W..",
      split = ",",
      hideParamSyntax = true,
      description = "How much each batch size counts (default: all alike).")
  private List<Double> batchWeights = List.of();

  @Mixin private GoalOptions goalOptions;

  @Mixin private RefineOptions refineOptions;

  @Option(
      names = "--planner",
      paramLabel = "NAME",
      defaultValue = "local-search",
      description = "Planner (default: ${DEFAULT-VALUE}).")
  private String planner;

  @Option(
      names = "--router",
      paramLabel = "NAME",
      defaultValue = "exact",
      description =
          "Rule that will serve the plan, see coterie simulate --help (default: ${DEFAULT-VALUE}).")
  private String router;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "" + DEFAULT_STEPS,
      description = "Steps drawn for each batch size above 1 (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "" + DEFAULT_PROPOSALS,
      description = "Moves that local-search tries in each layer (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Same seed, same plan (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--name", paramLabel = "P", required = true, description = "Name of the plan.")
  private String name;

  @Option(names = "--replace", description = "Replace the plan of this name, if there is one.")
  private boolean replace;

  @Option(names = "--json", description = "Print the receipt as JSON, one object on one line.")
  private boolean json;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    PlanStore.requireName(name);
    Checks.atLeast("--steps", steps, 1);
    Checks.atLeast("--proposals", proposals, 1);
    Checks.batches(batches);
    Checks.selectedPhase(phase);
    var kind = planner();
    var rule = Checks.router(router);
    var cluster = clusterOptions.cluster();
    try (OpenLake lake = lakeOptions.open()) {
      var store = new PlanStore(lake.spark());
      store.requireFree(name, replace);
      var selector = new Selector(lake.spark());
      var data = new Selection(selector.model(model, revision), datasets, phase);
      var checked = selector.check(data);
      Console.warn(checked.warnings());
      if (kind.needsSets()) {
        checked.requireSets("planner " + kind.label());
      }
      var current = goalOptions.current(store, data.model(), cluster);
      var request =
          new PlanRequest(
              name,
              data,
              checked.countsOnly(),
              cluster,
              goalOptions.goal(mix(), kind, data.model()),
              goalOptions.alike(),
              current,
              kind,
              rule,
              steps,
              proposals,
              refineOptions.starts(),
              seed);
      refineOptions.check(request);
      warnOfGroups(request);
      var planned = PlanMaker.save(lake.spark(), planned(lake.spark(), request));
      lake.clearProgress();
      if (json) {
        System.out.println(ReceiptJson.of(planned.request(), planned.layers(), watch));
      } else {
        print(planned.request(), planned.layers(), watch, System.out);
        planned.note().ifPresent(System.out::println);
      }
    }
    return 0;
  }

  private List<BatchShare> mix() {
    if (batchWeights.isEmpty()) {
      return BatchShare.alike(batches);
    }
    if (batchWeights.size() != batches.size()) {
      throw UserError.usage(
          "--batch-weights has %d values for %d batch sizes"
              .formatted(batchWeights.size(), batches.size()),
          "one for each value of --batch");
    }
    var mix = new ArrayList<BatchShare>();
    for (int i = 0; i < batches.size(); i++) {
      double weight = batchWeights.get(i);
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw UserError.usage("--batch-weights has %s".formatted(weight), "must be above 0");
      }
      mix.add(new BatchShare(batches.get(i), weight));
    }
    return mix;
  }

  private PlannerKind planner() {
    return PlannerKind.find(planner)
        .orElseThrow(
            () ->
                UserError.usage(
                    "unknown --planner '%s'".formatted(planner),
                    "one of: "
                        + Arrays.stream(PlannerKind.values())
                            .map(PlannerKind::label)
                            .collect(Collectors.joining(", "))));
  }

  private static void warnOfGroups(PlanRequest request) {
    var model = request.data().model();
    int nodes = request.cluster().nodes();
    boolean hierarchical =
        request.planner() == PlannerKind.EPLB_HIERARCHICAL
            || request.planner() == PlannerKind.LOAD_BALANCE_HIERARCHICAL;
    if (hierarchical && (nodes == 1 || model.expertGroups() % nodes != 0)) {
      Console.warn(
          "no hierarchy to keep: %s has %d expert group(s) for %d node(s)"
              .formatted(model.name(), model.expertGroups(), nodes));
    }
  }

  private SpareSlots.Planned planned(SparkSession spark, PlanRequest request) {
    var job = new PlanJob(spark);
    var planned =
        refineOptions
            .spareBudget()
            .map(budget -> withShared(SharedSpares.plan(job, request, budget), request))
            .orElseGet(() -> SpareSlots.plan(job, request));
    if (!refineOptions.align()) {
      return planned;
    }
    var aligned = LayerAlignment.align(spark, request.data(), planned.layers());
    var note =
        "  aligned: %.1f %% of expert pairs of neighbouring layers change GPU, %.1f %% before"
            .formatted(100 * aligned.movedAfter(), 100 * aligned.movedBefore());
    var notes = planned.note().map(before -> before + "\n" + note).orElse(note);
    return new SpareSlots.Planned(planned.request(), aligned.layers(), Optional.of(notes));
  }

  private static SpareSlots.Planned withShared(SharedSpares.Shared shared, PlanRequest request) {
    return new SpareSlots.Planned(
        request, shared.layers(), Optional.of("  spare slots of a GPU: " + shared.text()));
  }

  /** Plans and stores; also used by {@code demo}. */
  static SpareSlots.Planned planAndSave(SparkSession spark, PlanRequest wanted) {
    return PlanMaker.planAndSave(spark, wanted);
  }

  static void print(
      PlanRequest request, List<PlannedLayer> layers, Stopwatch watch, PrintStream out) {
    var cluster = request.cluster();
    int spares = cluster.slots() - request.data().model().experts();
    out.printf(
        "plan '%s': %s for %s on %s (%d spare), planned on %s%n",
        request.name(),
        request.planner().label(),
        request.data().model().name(),
        cluster,
        spares,
        String.join(", ", request.data().datasets()));
    if (!PlanMaker.goal(request).equals(Plan.Header.DISTINCT_EXPERTS)) {
      out.println("  goal: " + PlanMaker.goal(request));
    }
    if (request.countsOnly().isEmpty()) {
      out.print(costs(request, layers));
    } else {
      out.printf(
          "  no cost: data set '%s' holds counts only%n",
          String.join("', '", request.countsOnly()));
    }
    out.printf(
        "  token imbalance %.3f; all on the planning data, mean of %d layers, %s%n",
        mean(layers.stream().map(PlannedLayer::imbalance).toList()), layers.size(), watch);
    out.println("  judge it on other requests: coterie simulate --plans " + request.name());
  }

  private static String costs(PlanRequest request, List<PlannedLayer> layers) {
    var table = new TextTable("batch", "distinct experts on the busiest GPU", "certificate");
    for (int i = 0; i < request.batches().size(); i++) {
      int batch = i;
      table.row(
          request.batches().get(i).toString(),
          "%.4f".formatted(mean(layers.stream().map(l -> l.costs().get(batch).experts()).toList())),
          "%.4f"
              .formatted(
                  mean(layers.stream().map(l -> l.costs().get(batch).certificate()).toList())));
    }
    return table.render();
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
