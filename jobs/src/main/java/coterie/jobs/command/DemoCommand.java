package coterie.jobs.command;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.ingest.Ingest;
import coterie.ingest.IngestRequest;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.simulate.ReplayStore;
import coterie.jobs.simulate.SimulateJob;
import coterie.jobs.simulate.SimulateRequest;
import coterie.jobs.simulate.Verdict;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.routing.RouterRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie demo}. */
@Command(
    name = "demo",
    description = "The whole way on the bundled synthetic sample: from traces to a verdict.",
    footer = {"", "Example:", "  coterie demo"})
final class DemoCommand implements Callable<Integer> {

  private static final String MODEL = "synthetic";
  private static final String PLANNED_ON = "monday";
  private static final String JUDGED_ON = "tuesday";
  private static final List<Integer> BATCHES = List.of(1, 4, 16);
  private static final int GPUS = 8;
  private static final int STEPS = 2_048;
  private static final long PROPOSALS = 15_000;
  private static final int JUDGED_STEPS = 2_000;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--sample",
      paramLabel = "DIR",
      description = "Folder of the sample (default: data/sample of the installation).")
  private Optional<Path> sample = Optional.empty();

  @Override
  public Integer call() throws IOException {
    var watch = new Stopwatch();
    var folder = sampleFolder();
    var lakeFolder =
        lakeOptions.given().isPresent()
            ? lakeOptions.given().get()
            : Files.createTempDirectory("coterie-demo").toString();
    System.out.printf(
        "Coterie on its bundled sample: a made-up model (synthetic), lake in %s%n%n", lakeFolder);
    try (OpenLake lake = lakeOptions.openOrCreate(lakeFolder)) {
      ingest(lake, folder, "2026-01-05", PLANNED_ON);
      ingest(lake, folder, "2026-01-06", JUDGED_ON);
      analyze(lake);
      var model = new Selector(lake.spark()).model(MODEL, Optional.empty());
      var data = new Selection(model, List.of(PLANNED_ON), "decode");
      plan(lake, data, "eplb-0", PlannerKind.EPLB, 4);
      plan(lake, data, "eplb-1", PlannerKind.EPLB, 5);
      plan(lake, data, "coterie-0", PlannerKind.LOCAL_SEARCH, 4);
      plan(lake, data, "coterie-1", PlannerKind.LOCAL_SEARCH, 5);
      var exported = Path.of(lakeFolder).resolve("coterie-1.sglang.json");
      Files.write(
          exported, PlanFormat.SGLANG.bytes(new PlanStore(lake.spark()).load("coterie-1"), model));
      var verdicts = simulate(lake.spark(), data.of(List.of(JUDGED_ON)));
      lake.clearProgress();
      System.out.println();
      System.out.print(DemoVerdict.render(verdicts));
      System.out.printf(
          "%nPlanned on %s, judged on %s. The last plan, for SGLang: %s%n"
              + "As a page to look at: coterie report --lake %s --out report%nAll of it in %s.%n",
          PLANNED_ON, JUDGED_ON, exported, lakeFolder, watch);
    }
    return 0;
  }

  private Path sampleFolder() {
    var folder =
        sample.orElseGet(() -> Path.of(System.getProperty("coterie.home", "."), "data", "sample"));
    if (!Files.exists(folder.resolve("model.json"))) {
      throw UserError.usage(
          "no sample in '%s'".formatted(folder),
          "run jobs/bin/coterie from the source tree, or give --sample DIR");
    }
    return folder;
  }

  private static void ingest(OpenLake lake, Path folder, String day, String dataset) {
    var watch = new Stopwatch();
    var request =
        new IngestRequest(
            List.of(folder.resolve(day + ".jsonl.gz").toString()),
            Optional.empty(),
            MODEL,
            "main",
            Optional.of(folder.resolve("model.json").toString()),
            dataset,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            false);
    var receipt = new Ingest(lake.spark()).run(request);
    lake.clearProgress();
    IngestCommand.print(request, receipt, watch, System.out);
  }

  private static void analyze(OpenLake lake) {
    var watch = new Stopwatch();
    var receipt =
        new Analysis(lake.spark())
            .run(
                new AnalyzeRequest(
                    Optional.of(MODEL),
                    List.of(PLANNED_ON, JUDGED_ON),
                    AnalyzeRequest.DEFAULT_SAMPLE_TOKENS,
                    1));
    lake.clearProgress();
    AnalyzeCommand.print(receipt, watch, System.out);
  }

  private static void plan(
      OpenLake lake, Selection data, String name, PlannerKind planner, int slotsPerGpu) {
    var watch = new Stopwatch();
    var cluster = new Cluster(GPUS, slotsPerGpu);
    PlanCommand.planAndSave(
        lake.spark(),
        new PlanRequest(
            name,
            data,
            List.of(),
            cluster,
            BATCHES,
            planner,
            RouterRule.EXACT,
            STEPS,
            PROPOSALS,
            1));
    lake.clearProgress();
    System.out.printf("plan '%s': %s on %s, %s%n", name, planner.label(), cluster, watch);
  }

  private static List<Verdict> simulate(SparkSession spark, Selection data) {
    var store = new PlanStore(spark);
    var plans =
        List.of("eplb-0", "eplb-1", "coterie-0", "coterie-1").stream().map(store::load).toList();
    var request =
        new SimulateRequest(
            plans,
            data,
            BATCHES,
            List.of(RouterRule.EXACT, RouterRule.VLLM),
            HardwareProfile.H100,
            JUDGED_STEPS,
            2);
    var verdicts = new SimulateJob(spark).run(request);
    new ReplayStore(spark).append(request, verdicts, List.of());
    return Verdict.overLayers(verdicts);
  }
}
