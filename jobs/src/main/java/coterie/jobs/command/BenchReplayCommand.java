package coterie.jobs.command;

import coterie.jobs.bench.ReplayBench;
import coterie.jobs.bench.ReplayBench.Shape;
import coterie.jobs.bench.ReplayBench.Speed;
import coterie.jobs.lake.Lake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.simulate.Baselines;
import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.SweepGrid;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie bench replay}. */
@Command(
    name = "replay",
    description = "How fast requests are replayed: on one core, as tokens grow, on two workers.",
    footer = {
      "",
      "An evaluation is one token in one layer under one plan, 16 requests in flight on 8 GPUs."
          + " With",
      "--lake a grid of scenarios is replayed as well, by one worker of one core and by two, in"
          + " turn.",
      "",
      "Example:",
      "  coterie bench replay",
      "  coterie bench replay --lake lake --model gpt-oss-20b --datasets mmlu_test \\",
      "    --judged-on mmlu_dev"
    })
final class BenchReplayCommand implements Callable<Integer> {

  private static final List<RouterRule> ROUTERS =
      List.of(
          RouterRule.EVEN,
          RouterRule.VLLM,
          RouterRule.SGLANG,
          RouterRule.TENSORRT_LLM,
          RouterRule.RANK_INVARIANT,
          RouterRule.EXACT);

  private static final int ROUNDS = 5;

  @Option(
      names = "--tokens",
      paramLabel = "N,N..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "20000,40000,80000,160000",
      description = "Sizes of a layer, ascending (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes;

  @Option(names = "--lake", paramLabel = "DIR", description = "Lake of a grid of scenarios.")
  private Optional<String> lake = Optional.empty();

  @Option(names = "--model", paramLabel = "NAME", description = "Model of the grid.")
  private String model;

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      description = "Data sets that its plans are made on.")
  private List<String> datasets = List.of();

  @Option(
      names = "--judged-on",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      description = "Data sets that are replayed.")
  private List<String> judgedOn = List.of();

  @Mixin private LoopOptions loopOptions;

  @Override
  public Integer call() {
    loopOptions.check();
    sizes.forEach(size -> Checks.atLeast("--tokens", size, 1_000));
    printSpeeds();
    printGrowth();
    lake.ifPresent(this::printWorkers);
    return 0;
  }

  private void printSpeeds() {
    var table = new TextTable("experts", "router", "evaluations/s", "even over it");
    for (var shape : Shape.all()) {
      var bench = new ReplayBench(shape, sizes.get(0), 1);
      double even = 0;
      for (var rule : ROUTERS) {
        double perSecond = bench.run(rule).perSecond();
        even = rule == RouterRule.EVEN ? perSecond : even;
        table.row(
            shape.label(),
            rule.label(),
            "%,.0f".formatted(perSecond),
            "%.2f".formatted(even / perSecond));
      }
      table.gap();
    }
    System.out.print(table.render());
    System.out.println("  of one core, by processor time, median of five\n");
  }

  private void printGrowth() {
    var table = new TextTable("tokens of a layer", "seconds", "evaluations/s", "bytes a token");
    var speeds = new ArrayList<Speed>();
    for (int size : sizes) {
      var speed = new ReplayBench(Shape.FEW, size, 1).run(RouterRule.EVEN);
      speeds.add(speed);
      table.row(
          "%,d".formatted(speed.tokens()),
          "%.4f".formatted(speed.tokens() / speed.perSecond()),
          "%,.0f".formatted(speed.perSecond()),
          "%.0f".formatted(speed.bytesPerToken()));
    }
    System.out.print(table.render());
    if (speeds.size() > 1) {
      System.out.printf(
          "  time grows as tokens to the power of %.2f%n%n", ReplayBench.growth(speeds));
    }
  }

  private void printWorkers(String folder) {
    var one = new ArrayList<Double>();
    var two = new ArrayList<Double>();
    int scenarios = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int workers = 1; workers <= 2; workers++) {
        var master = Optional.of("local[%d]".formatted(workers));
        try (var open = Lake.open(folder, master, LakeOptions.tables())) {
          var watch = new double[1];
          scenarios = grid(open.spark(), watch);
          (workers == 1 ? one : two).add(watch[0]);
        }
      }
    }
    one.sort(null);
    two.sort(null);
    System.out.printf(
        "%d scenarios: one worker %.1f s, two %.1f s: %.2f times as fast (medians of %d, in"
            + " turn)%n",
        scenarios,
        one.get(ROUNDS / 2),
        two.get(ROUNDS / 2),
        one.get(ROUNDS / 2) / two.get(ROUNDS / 2),
        ROUNDS);
  }

  /** Replays the grid; plans are made before the clock starts. */
  private int grid(SparkSession spark, double[] seconds) {
    var selector = new Selector(spark);
    var planning = new Selection(selector.model(model, Optional.empty()), datasets, "decode");
    var counts = selector.check(planning).countsOnly();
    var judged = planning.of(judgedOn);
    selector.check(judged);
    var plans =
        new SweepGrid(
                List.of(8),
                List.of(0, 1, 2),
                List.of(PlannerKind.EPLB, PlannerKind.RANDOM),
                RouterRule.EXACT,
                List.of(1),
                1,
                1,
                1)
            .plan(spark, planning, counts);
    var contenders = new Baselines(spark, planning, counts).with(plans);
    var simulation = new LoopSimulation(spark, loopOptions, planning, judged, 1);
    var watch = new Stopwatch();
    var results =
        simulation.run(
            LoopKind.CLOSED,
            contenders,
            List.of(RouterRule.values()),
            new LoopSimulation.Arrivals(false, 0),
            1);
    seconds[0] = watch.seconds();
    return results.request().scenarios().size();
  }
}
