package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.simulate.Baselines;
import coterie.jobs.simulate.LayerVerdict;
import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.ReplayStore;
import coterie.jobs.simulate.RequestReplayStore;
import coterie.jobs.simulate.SimulateJob;
import coterie.jobs.simulate.SimulateRequest;
import coterie.jobs.simulate.Verdict;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie simulate}. */
@Command(
    name = "simulate",
    description = "Judge plans on requests that they were not made from.",
    footer = {
      "",
      "Cost is the expected number of distinct experts on the busiest GPU, mean over layers.",
      "Routers (which replica serves a token):",
      "  exact           one replica an expert and step, the best choice; rank-invariant and",
      "  least-loaded    choose greedily instead, experts with fewest replicas first or by id",
      "  rank-map        a fixed replica for each rank and expert, from the plan",
      "  sglang, sglang-dynamic, vllm, vllm-dp (data-parallel attention), tensorrt-llm,",
      "  vllm-ascend     what these engines do",
      "  even            tokens split evenly over replicas",
      "  exact-tokens    tokens split for the fewest on the busiest GPU",
      "  mixed           tokens split for the time of the busiest GPU",
      "",
      "Exit code 1 if a plan was made from the data it is judged on, unless --in-sample is given.",
      "",
      "With --loop held-out requests are replayed against EPLB without spares and experts in"
          + " tensor",
      "shards, in seconds of the whole step; --phase all replays prompts, where traces have them.",
      "",
      "Example:",
      "  coterie simulate --lake lake --plans eplb,tonight --datasets mmlu_dev --batch 1,4,16",
      "  coterie simulate --lake lake --plans tonight --datasets mmlu_dev --loop closed \\",
      "    --in-flight 1,4,16 --routers vllm,sglang"
    })
final class SimulateCommand implements Callable<Integer> {

  static final int DEFAULT_STEPS = 4_000;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--plans",
      paramLabel = "P,P..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Plans to judge.")
  private List<String> plans;

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Data sets to judge on.")
  private List<String> datasets;

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      defaultValue = "decode",
      description = "prefill, decode or all (default: ${DEFAULT-VALUE}).")
  private String phase;

  @Option(
      names = "--batch",
      paramLabel = "B,B..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1,4,16",
      description = "Tokens a step (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = {"--router", "--routers"},
      paramLabel = "R,R..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "exact,vllm",
      description = "Rules that pick replicas, see below (default: ${DEFAULT-VALUE}).")
  private List<String> routers;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "" + DEFAULT_STEPS,
      description =
          "Steps drawn for each layer and batch size above 1 (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--baseline",
      paramLabel = "P",
      defaultValue = "",
      description = "Plan that gains are over (default: the eplb plan with the fewest slots).")
  private String baseline;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "2",
      description = "Seed of the drawn steps (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--loop",
      paramLabel = "KIND",
      description =
          "Replay requests: closed (a number in flight), open (they come at a rate), token"
              + " (batches of no requests); without it layers are priced one by one.")
  private String loop;

  @Option(
      names = "--arrival-rate",
      paramLabel = "R",
      defaultValue = "0",
      description = "Requests a second in an open loop.")
  private double arrivalRate;

  @Option(
      names = "--arrivals",
      paramLabel = "KIND",
      defaultValue = "poisson",
      description =
          "How they come: poisson, or recorded (at their own pace, or stretched to the rate)"
              + " (default: ${DEFAULT-VALUE}).")
  private String arrivals;

  @Mixin private LoopOptions loopOptions;

  @Option(names = "--in-sample", description = "Judging on the planning data is meant.")
  private boolean inSample;

  @Option(names = "--json", description = "Print the receipt as JSON, one object on one line.")
  private boolean json;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.batches(batches);
    Checks.selectedPhase(phase);
    Checks.atLeast("--steps", steps, 2_000);
    var kind = loopKind();
    var rules = routers.stream().map(Checks::router).toList();
    try (OpenLake lake = lakeOptions.open()) {
      var store = new PlanStore(lake.spark());
      var loaded = plans.stream().map(store::load).toList();
      var first = loaded.get(0).header();
      requireOneModel(loaded);
      var selector = new Selector(lake.spark());
      var data = new Selection(selector.model(first.model(), revision(first)), datasets, phase);
      var checked = selector.check(data);
      checked.requireSets("simulate");
      Console.warn(checked.warnings());
      if (kind.isPresent()) {
        return replay(lake, selector, kind.get(), loaded, rules, data, watch);
      }
      var table = new VerdictTable(loaded, baseline);
      var request =
          new SimulateRequest(loaded, data, batches, rules, HardwareProfile.H100, steps, seed);
      var overlaps = overlaps(selector, loaded, data);
      var verdicts = judgeAndSave(lake.spark(), request, overlaps);
      lake.clearProgress();
      if (json) {
        var inSample = overlaps.stream().map(Overlap::plan).toList();
        System.out.println(ReceiptJson.of(Verdict.overLayers(verdicts), inSample, watch));
      } else {
        System.out.print(table.render(Verdict.overLayers(verdicts)));
        System.out.printf(
            "  judged on %s, mean of %d layers, `token` batches, seed %d, %s%n",
            String.join(", ", datasets), data.model().moeLayers().size(), seed, watch);
      }
      return warnOf(overlaps);
    }
  }

  private Optional<LoopKind> loopKind() {
    if (loop == null) {
      return Optional.empty();
    }
    loopOptions.check();
    var kind = LoopKind.find(loop);
    if (kind.isEmpty()) {
      throw UserError.usage("unknown --loop '%s'".formatted(loop), "one of: closed, open, token");
    }
    Checks.oneOf("--arrivals", arrivals, List.of("poisson", "recorded"));
    boolean rated = arrivalRate > 0 && arrivalRate < Double.POSITIVE_INFINITY;
    if (kind.get() == LoopKind.OPEN && !rated && !arrivals.equals("recorded")) {
      throw UserError.usage(
          "--arrival-rate is %s".formatted(arrivalRate),
          "an open loop needs requests a second, or --arrivals recorded");
    }
    return kind;
  }

  private int replay(
      OpenLake lake,
      Selector selector,
      LoopKind kind,
      List<Plan> loaded,
      List<RouterRule> rules,
      Selection data,
      Stopwatch watch) {
    var header =
        loaded.stream()
            .map(Plan::header)
            .filter(plan -> !plan.datasets().isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    UserError.usage(
                        "no plan says what it was made from, and EPLB is to see the same",
                        "name one that was made in this lake in --plans as well"));
    var planning = data.of(header.datasets()).ofPhase(header.phase());
    var counts = selector.check(planning).countsOnly();
    var plans = loaded.stream().map(Baselines::of).toList();
    var overlaps = overlaps(selector, loaded, data);
    var results =
        new LoopSimulation(lake.spark(), loopOptions, planning, data, seed)
            .run(
                kind,
                new Baselines(lake.spark(), planning, counts).with(plans),
                rules,
                new LoopSimulation.Arrivals(arrivals.equals("recorded"), arrivalRate),
                steps);
    var request = results.request();
    var lines = results.lines();
    var inSamplePlans = overlaps.stream().map(Overlap::plan).toList();
    new RequestReplayStore(lake.spark())
        .append(RequestReplayStore.rows("simulate", data, request, lines, inSamplePlans));
    lake.clearProgress();
    System.out.print(LoopTable.render(request, lines));
    System.out.printf(
        "  %,d requests of %s, %s, %d layers, seed %d, %s%n",
        request.requests().size(),
        String.join(", ", datasets),
        data.phase().equals(Selection.ALL_PHASES) ? "prompts and decode" : data.phase(),
        request.model().moeLayers().size(),
        seed,
        watch);
    return warnOf(overlaps);
  }

  private static Optional<String> revision(Plan.Header header) {
    return Optional.of(header.revision());
  }

  private static void requireOneModel(List<Plan> plans) {
    var first = plans.get(0).header();
    for (var plan : plans) {
      var header = plan.header();
      boolean same =
          header.model().equals(first.model()) && header.revision().equals(first.revision());
      if (!same) {
        throw UserError.usage(
            "plan '%s' is for %s (%s), plan '%s' for %s (%s)"
                .formatted(
                    first.name(),
                    first.model(),
                    first.revision(),
                    header.name(),
                    header.model(),
                    header.revision()),
            "judge plans of one model at a time");
      }
    }
  }

  /** A plan that was made from tokens that it is judged on, and how that is known. */
  record Overlap(String plan, String how) {}

  private static List<Overlap> overlaps(Selector selector, List<Plan> plans, Selection judged) {
    var overlaps = new ArrayList<Overlap>();
    for (var plan : plans) {
      var header = plan.header();
      var common = new ArrayList<>(header.datasets());
      common.retainAll(judged.datasets());
      if (!common.isEmpty()) {
        overlaps.add(new Overlap(header.name(), "data set " + String.join(", ", common)));
        continue;
      }
      var planned = judged.of(header.datasets()).ofPhase(header.phase());
      long shared = selector.sharedBlocks(planned, judged);
      if (shared > 0) {
        overlaps.add(
            new Overlap(
                header.name(),
                "%,d identical blocks under another data set name".formatted(shared)));
      }
    }
    return overlaps;
  }

  private static List<LayerVerdict> judgeAndSave(
      SparkSession spark, SimulateRequest request, List<Overlap> overlaps) {
    var verdicts = new SimulateJob(spark).run(request);
    new ReplayStore(spark).append(request, verdicts, overlaps.stream().map(Overlap::plan).toList());
    return verdicts;
  }

  private int warnOf(List<Overlap> overlaps) {
    for (var overlap : overlaps) {
      Console.warn(
          "plan '%s' is judged on what it was made from: %s"
              .formatted(overlap.plan(), overlap.how()));
    }
    if (!overlaps.isEmpty()) {
      System.err.println(
          "  its gain is not held out; judge on --datasets it has not seen, or say --in-sample");
    }
    return overlaps.isEmpty() || inSample ? 0 : 1;
  }
}
