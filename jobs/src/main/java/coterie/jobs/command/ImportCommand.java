package coterie.jobs.command;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.export.Fingerprint;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.export.PlanImport;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.PlanStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coterie import}. */
@Command(
    name = "import",
    description = "Take a placement file of an engine into the lake as a plan.",
    footer = {
      "",
      "The plan can then be judged (simulate), compared (diff) and written in other formats",
      "(export, whose help lists the formats). Where FILE.coterie.json lies beside FILE, it is held",
      "against it and says format, model and GPUs.",
      "",
      "Engines accept an expert twice on one GPU, Coterie does not: such a file is refused by name,",
      "unless --repair-twins gives the slot to the expert with the fewest replicas.",
      "",
      "Example:",
      "  coterie import --lake lake --model gpt-oss-20b --format sglang --gpus 8 \\",
      "    --name current running.json"
    })
final class ImportCommand implements Callable<Integer> {

  private static final long MAX_BYTES = 1L << 28;
  private static final int SHOWN_REPAIRS = 5;

  @Mixin private LakeOptions lakeOptions;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Model that it is for; by default what its fingerprint says.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      description = "Its revision, if the lake holds more than one.")
  private Optional<String> revision = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Its format; by default what its fingerprint says.")
  private Optional<String> format = Optional.empty();

  @Option(
      names = "--gpus",
      paramLabel = "G",
      description = "GPUs, for formats that do not say it, without a fingerprint.")
  private Optional<Integer> gpus = Optional.empty();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Nodes over which they are spread (default: 1, or by the fingerprint).")
  private Optional<Integer> nodes = Optional.empty();

  @Option(names = "--name", paramLabel = "P", required = true, description = "Name of the plan.")
  private String name;

  @Option(names = "--replace", description = "Replace the plan of this name, if there is one.")
  private boolean replace;

  @Option(names = "--repair-twins", description = "Repair experts that are twice on one GPU.")
  private boolean repairTwins;

  @Parameters(paramLabel = "FILE", description = "Placement file.")
  private Path file;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    PlanStore.requireName(name);
    gpus.ifPresent(value -> Checks.atLeast("--gpus", value, 1));
    nodes.ifPresent(value -> Checks.atLeast("--nodes", value, 1));
    var bytes = bytes(file);
    var fingerprint = fingerprint();
    var given =
        new PlanImport.Given(
            format.map(PlanFormat::require),
            model,
            revision,
            gpus.map(OptionalInt::of).orElse(OptionalInt.empty()),
            nodes.map(OptionalInt::of).orElse(OptionalInt.empty()));
    var source = new PlanImport(file.toString(), bytes, fingerprint, given);
    try (OpenLake lake = lakeOptions.open()) {
      var store = new PlanStore(lake.spark());
      store.requireFree(name, replace);
      var geometry = new Selector(lake.spark()).model(source.model(), source.revision());
      var imported = source.read(name, geometry, repairTwins);
      store.save(imported.plan());
      lake.clearProgress();
      System.out.printf(
          "import '%s' from %s (%s, %s): %s, %d layers, %s%n",
          name,
          file,
          source.format().label(),
          fingerprint.isPresent() ? "fingerprint fits" : "no fingerprint",
          imported.plan().header().cluster(),
          imported.plan().layers().size(),
          watch);
      report(imported);
    }
    return 0;
  }

  private static void report(PlanImport.Imported imported) {
    var repairs = imported.repairs();
    if (!repairs.isEmpty()) {
      System.out.printf("  %,d twins repaired:%n", repairs.size());
      repairs.stream().limit(SHOWN_REPAIRS).forEach(twin -> System.out.println("    " + twin));
      if (repairs.size() > SHOWN_REPAIRS) {
        System.out.printf("    and %,d more%n", repairs.size() - SHOWN_REPAIRS);
      }
    }
    if (imported.plan().header().datasets().isEmpty()) {
      System.out.println(
          "  what it was made from is unknown: simulate cannot tell whether it is held out");
    }
  }

  private Optional<Fingerprint> fingerprint() {
    var beside = Fingerprint.beside(file);
    if (!Files.exists(beside)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Fingerprint.parse(bytes(beside)));
    } catch (MalformedException wrong) {
      throw UserError.data(
          "fingerprint '%s' %s".formatted(beside, wrong.getMessage()),
          "export the plan again, or remove the fingerprint to import without it");
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw UserError.data(
            "'%s' has %,d bytes".formatted(file, Files.size(file)),
            "placement files have at most %,d".formatted(MAX_BYTES));
      }
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot read '%s': %s".formatted(file, failure.getMessage()),
          "maybe a typing error, or the wrong folder");
    }
  }
}
