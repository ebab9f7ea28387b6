package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.headroom.Headroom;
import coterie.jobs.headroom.HeadroomJob;
import coterie.jobs.headroom.HeadroomRequest;
import coterie.jobs.headroom.LayerHeadroom;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanStore;
import coterie.jobs.text.TextTable;
import coterie.planner.model.Cluster;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie headroom}. */
@Command(
    name = "headroom",
    description = "Is there anything to gain from balancing, and what can no placement gain?",
    footer = {
      "",
      "Costs are expected distinct experts on the busiest GPU under exact routing, mean over"
          + " layers.",
      "'least' is proven: no placement costs less on these steps. 'sharded' is what a GPU reads"
          + " where",
      "every expert is sharded over all GPUs, without the all-reduce that this takes. A plan is"
          + " made",
      "from the same traces; coterie simulate judges one on others.",
      "",
      "Example:",
      "  coterie headroom --lake lake --model gpt-oss-20b --datasets mmlu_dev \\",
      "    --gpus 8 --slots-per-gpu 5 --batch 1,4,16"
    })
final class HeadroomCommand implements Callable<Integer> {

  private static final String CONTIGUOUS = "contiguous";

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model served.")
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
      description = "Data sets like the traffic that is served.")
  private List<String> datasets;

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      defaultValue = "decode",
      description = "prefill, decode, mixed or all (default: ${DEFAULT-VALUE}).")
  private String phase;

  @Option(names = "--gpus", paramLabel = "G", required = true, description = "GPUs.")
  private int gpus;

  @Option(
      names = "--slots-per-gpu",
      paramLabel = "S",
      required = true,
      description = "Expert replicas that a GPU holds, or could hold, in each layer.")
  private int slotsPerGpu;

  @Option(
      names = "--placement",
      paramLabel = "P",
      defaultValue = CONTIGUOUS,
      description = "Plan in use, or contiguous (default: ${DEFAULT-VALUE}).")
  private String placement;

  @Option(
      names = "--batch",
      paramLabel = "B,B..",
      split = ",",
      hideParamSyntax = true,
      defaultValue = "1,4,16",
      description = "Tokens a step (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "800",
      description =
          "Steps drawn for each layer at batch 2 to 4, proportionally fewer of larger ones"
              + " (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "" + PlanCommand.DEFAULT_PROPOSALS,
      description = "Moves tried in each layer (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "300",
      description = "Iterations of each certificate; more prove more (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Option(
      names = "--worth-percent",
      paramLabel = "P",
      defaultValue = "2",
      description = "Saving of MoE time that is worth it (default: ${DEFAULT-VALUE}).")
  private double worthPercent;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "3",
      description = "Seed of everything drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.batches(batches);
    Checks.selectedPhase(phase);
    Checks.atLeast("--steps", steps, 1);
    Checks.atLeast("--proposals", proposals, 1);
    Checks.atLeast("--iterations", iterations, 1);
    if (!(worthPercent > 0 && worthPercent < 100)) {
      throw UserError.usage(
          "--worth-percent is " + worthPercent, "must be above 0 and below 100, such as 2");
    }
    var cluster =
        new Cluster(
            Checks.atLeast("--gpus", gpus, 1), Checks.atLeast("--slots-per-gpu", slotsPerGpu, 1));
    try (OpenLake lake = lakeOptions.open()) {
      var selector = new Selector(lake.spark());
      var data = new Selection(selector.model(model, revision), datasets, phase);
      var current = current(new PlanStore(lake.spark()), data, cluster);
      var checked = selector.check(data);
      checked.requireSets("headroom");
      Console.warn(checked.warnings());
      var request =
          new HeadroomRequest(
              data,
              cluster,
              current,
              batches,
              HardwareProfile.H100,
              steps,
              proposals,
              iterations,
              seed);
      var layers = new HeadroomJob(lake.spark()).run(request);
      lake.clearProgress();
      System.out.print(render(request, layers));
      System.out.printf(
          "  %s on %s, placement in use: %s, mean of %d layers, %s%n",
          data.model().name(), cluster, placement, data.model().moeLayers().size(), watch);
    }
    return 0;
  }

  private Optional<Plan> current(PlanStore store, Selection data, Cluster cluster) {
    if (placement.equals(CONTIGUOUS)) {
      return Optional.empty();
    }
    var plan = store.load(placement);
    var header = plan.header();
    boolean fits =
        header.model().equals(data.model().name())
            && header.revision().equals(data.model().revision())
            && header.cluster().gpus() == cluster.gpus();
    if (!fits) {
      throw UserError.usage(
          "plan '%s' is for %s (%s) on %s"
              .formatted(placement, header.model(), header.revision(), header.cluster()),
          "give a plan of this model for %d GPUs".formatted(cluster.gpus()));
    }
    return Optional.of(plan);
  }

  private String render(HeadroomRequest request, List<LayerHeadroom> layers) {
    var size = request.data().model().size();
    var hardware = request.hardware();
    double secondsPerExpert =
        size.map(s -> new ExpertShape(s.hidden(), s.intermediate(), s.bytesPerWeight()))
            .map(shape -> shape.bytes() / hardware.memoryBytesPerSecond())
            .orElse(Double.NaN);
    // Without a size of the experts only what they read can be compared.
    double fixed = size.isPresent() ? hardware.launchSeconds() / secondsPerExpert : 0;
    var table =
        new TextTable(
            "batch",
            "today",
            "plan",
            "least",
            "sharded",
            "regained",
            "90 % interval",
            "saves",
            "at most",
            "if sharded",
            "worth it");
    for (int batch : request.batches()) {
      var found = Headroom.overLayers(batch, layers);
      double today = fixed + found.today();
      table.row(
          Integer.toString(batch),
          "%.3f".formatted(found.today()),
          "%.3f".formatted(found.planned()),
          "%.3f".formatted(found.certificate()),
          "%.3f".formatted(found.shardedExperts()),
          "%.3f".formatted(found.today() - found.planned()),
          "%.3f to %.3f".formatted(found.regainedLow(), found.regainedHigh()),
          percent((found.today() - found.planned()) / today),
          percent((found.today() - found.certificate()) / today),
          percent((found.today() - found.shardedExperts()) / today),
          found.answer(fixed, worthPercent / 100).name().toLowerCase(Locale.ROOT));
    }
    var unit =
        size.isPresent()
            ? "MoE time on %s (%.1f us and %.1f us an expert)"
                .formatted(hardware.name(), 1e6 * hardware.launchSeconds(), 1e6 * secondsPerExpert)
            : "expert reads (the size of the experts is not known)";
    return table.render()
        + "  saves, at most (proven), if sharded: of %s;%n  worth it from %s %%%n"
            .formatted(unit, worthPercent);
  }

  private static String percent(double fraction) {
    return "%.1f %%".formatted(100 * fraction);
  }
}
