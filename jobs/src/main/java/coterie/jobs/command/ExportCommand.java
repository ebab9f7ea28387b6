package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.export.PlanFormat;
import coterie.jobs.lake.Selector;
import coterie.jobs.plan.PlanStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie export}. */
@Command(
    name = "export",
    description = "Write a plan in the format that a serving engine loads.",
    footer = {
      "",
      "Example:",
      "  coterie export --lake lake --plan tonight --format sglang --out tonight.json"
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--plan", paramLabel = "P", required = true, description = "Plan to write.")
  private String plan;

  @Option(names = "--format", paramLabel = "NAME", required = true, description = "sglang.")
  private String format;

  @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write.")
  private Path out;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var planFormat = format();
    byte[] bytes;
    int spares;
    try (OpenLake lake = lakeOptions.open()) {
      var loaded = new PlanStore(lake.spark()).load(plan);
      var header = loaded.header();
      var model = new Selector(lake.spark()).model(header.model(), Optional.of(header.revision()));
      bytes = planFormat.bytes(loaded, model);
      spares = header.cluster().slots() - model.experts();
    }
    write(bytes);
    System.out.printf(
        "export '%s' to %s: %,d bytes, %s; start the engine with --init-expert-location %s"
            + " --ep-num-redundant-experts %d%n",
        plan, out, bytes.length, watch, out, spares);
    return 0;
  }

  private PlanFormat format() {
    return PlanFormat.find(format)
        .orElseThrow(
            () ->
                UserError.usage(
                    "unknown --format '%s'".formatted(format),
                    "one of: "
                        + Arrays.stream(PlanFormat.values())
                            .map(PlanFormat::label)
                            .collect(Collectors.joining(", "))));
  }

  /** Written beside and moved, so that no engine ever loads half a file. */
  private void write(byte[] bytes) {
    var folder = out.toAbsolutePath().getParent();
    try {
      var partial = Files.createTempFile(folder, out.getFileName().toString(), ".partial");
      Files.write(partial, bytes);
      Files.move(partial, out, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot write '%s': %s".formatted(out, failure.getMessage()),
          "--out must be a file in a folder that is there and that you may write");
    }
  }
}
