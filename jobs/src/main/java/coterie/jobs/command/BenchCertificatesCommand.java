package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.bench.CertificateBench;
import coterie.jobs.bench.DistributionBench;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.lake.Selection;
import coterie.jobs.lake.Selector;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie bench certificates}. */
@Command(
    name = "certificates",
    description = "How much of the best known placement's excess a certificate explains.",
    footer = {
      "",
      "Certificate and placement are of the same drawn steps; batch 1 takes every distinct set.",
      "",
      "Example:",
      "  coterie bench certificates --lake lake --model gpt-oss-20b --datasets mmlu_dev \\",
      "    --gpus 8 --slots-per-gpu 4 --batch 4 --steps 800 --layers 0,6,12,18"
    })
final class BenchCertificatesCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--model", paramLabel = "NAME", required = true, description = "Model.")
  private String model;

  @Option(
      names = "--datasets",
      paramLabel = "NAME,NAME..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Data sets to draw steps from.")
  private List<String> datasets;

  @Option(
      names = "--phase",
      paramLabel = "NAME",
      defaultValue = "decode",
      description = "prefill, decode, mixed or all (default: ${DEFAULT-VALUE}).")
  private String phase;

  @Option(names = "--gpus", paramLabel = "G", defaultValue = "8", description = "GPUs.")
  private int gpus;

  @Option(names = "--slots-per-gpu", paramLabel = "S", required = true, description = "Slots.")
  private int slotsPerGpu;

  @Option(names = "--batch", paramLabel = "B", defaultValue = "1", description = "Tokens a step.")
  private int batch;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "800",
      description = "Steps drawn for each layer (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--layers",
      paramLabel = "L,L..",
      split = ",",
      hideParamSyntax = true,
      description = "Only these hidden layers (default: all).")
  private List<Integer> layers = List.of();

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "400",
      description = "Iterations of each certificate (default: ${DEFAULT-VALUE}).")
  private int iterations;

  @Option(
      names = "--proposals",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Moves of each annealing (default: ${DEFAULT-VALUE}).")
  private long proposals;

  @Option(
      names = "--starts",
      paramLabel = "N",
      defaultValue = "2",
      description = "Annealings, of which the best counts (default: ${DEFAULT-VALUE}).")
  private int starts;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "Certify the distribution from so many samples of requests, at least 10 for good; no"
              + " annealing.")
  private Optional<Integer> samples = Optional.empty();

  @Option(names = "--seed", paramLabel = "N", defaultValue = "7", description = "Seed.")
  private long seed;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.atLeast("--batch", batch, 1);
    Checks.atLeast("--steps", steps, 1);
    Checks.atLeast("--iterations", iterations, 1);
    Checks.atLeast("--proposals", proposals, 1);
    Checks.atLeast("--starts", starts, 1);
    Checks.selectedPhase(phase);
    var cluster =
        new Cluster(
            Checks.atLeast("--gpus", gpus, 1), Checks.atLeast("--slots-per-gpu", slotsPerGpu, 1));
    try (OpenLake lake = lakeOptions.open()) {
      var selector = new Selector(lake.spark());
      var data = new Selection(selector.model(model, Optional.empty()), datasets, phase);
      selector.check(data).requireSets("bench certificates");
      requireRoom(cluster, data.model().experts());
      if (samples.isPresent()) {
        certifyDistribution(lake, data, cluster);
        System.out.printf("  batch %d, %s, %s%n", batch, cluster, watch);
        return 0;
      }
      var setting =
          new CertificateBench.Setting(cluster, batch, steps, iterations, proposals, starts, seed);
      var results = new CertificateBench(lake.spark()).run(data, layers, setting);
      lake.clearProgress();
      System.out.print(render(results));
      System.out.printf("  batch %d, %s, %s%n", batch, cluster, watch);
    }
    return 0;
  }

  private void certifyDistribution(OpenLake lake, Selection data, Cluster cluster) {
    int wanted = Checks.atLeast("--samples", samples.orElseThrow(), 2);
    var setting = new DistributionBench.Setting(cluster, batch, wanted, steps, iterations, seed);
    var results = new DistributionBench(lake.spark()).run(data, layers, setting);
    lake.clearProgress();
    if (results.isEmpty()) {
      throw UserError.usage(
          "data set '%s' does not know two requests".formatted(String.join("', '", datasets)),
          "samples must not share a request; leave --samples out");
    }
    var table = new TextTable("layer", "samples", "trivial", "mean", "95 % sure");
    for (var result : results) {
      table.row(
          Integer.toString(result.layer()),
          Integer.toString(result.bound().samples()),
          "%.4f".formatted(result.trivial()),
          "%.4f".formatted(result.bound().mean()),
          "%.4f".formatted(result.bound().low()));
    }
    System.out.print(table.render());
  }

  private static void requireRoom(Cluster cluster, int experts) {
    PlannerKind.obstacle(cluster, experts)
        .ifPresent(
            obstacle -> {
              throw UserError.usage(obstacle.reason(), obstacle.advice());
            });
  }

  private static String render(List<CertificateBench.Result> results) {
    var table =
        new TextTable("layer", "trivial", "certificate", "best known", "explained", "s", "by");
    for (var result : results) {
      table.row(
          Integer.toString(result.layer()),
          "%.4f".formatted(result.trivial()),
          "%.4f".formatted(result.certificate()),
          "%.4f".formatted(result.best()),
          share(result.explained()),
          "%.1f".formatted(result.seconds()),
          result.method());
    }
    double trivial = mean(results, CertificateBench.Result::trivial);
    double certificate = mean(results, CertificateBench.Result::certificate);
    double best = mean(results, CertificateBench.Result::best);
    table.row(
        "mean",
        "%.4f".formatted(trivial),
        "%.4f".formatted(certificate),
        "%.4f".formatted(best),
        share(mean(results, CertificateBench.Result::explained)),
        "%.1f".formatted(mean(results, CertificateBench.Result::seconds)),
        "");
    return table.render()
        + "  explained, of the means: %s%n"
            .formatted(share((certificate - trivial) / (best - trivial)));
  }

  private static double mean(
      List<CertificateBench.Result> results, ToDoubleFunction<CertificateBench.Result> value) {
    return results.stream()
        .mapToDouble(value)
        .filter(v -> !Double.isNaN(v))
        .average()
        .orElse(Double.NaN);
  }

  private static String share(double explained) {
    return Double.isNaN(explained) ? "-" : "%.1f %%".formatted(100 * explained);
  }
}
