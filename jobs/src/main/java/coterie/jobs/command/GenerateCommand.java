package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTrace;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coterie generate}. */
@Command(
    name = "generate",
    description =
        "Write synthetic traces with planted co-activation, and the model file they need.",
    footer = {
      "",
      "One file a day, in vLLM's lines. Days share a router and differ in their topics.",
      "",
      "Example:",
      "  coterie generate --out traces --days 2026-01-05,2026-01-06 --requests 200 --seed 7"
    })
final class GenerateCommand implements Callable<Integer> {

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder to write.")
  private Path out;

  @Option(
      names = "--days",
      paramLabel = "DATE,DATE..",
      split = ",",
      hideParamSyntax = true,
      required = true,
      description = "Days to make up.")
  private List<LocalDate> days;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "200",
      description = "Requests a day (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "12",
      description = "MoE layers (default: ${DEFAULT-VALUE}).")
  private int layers;

  @Option(
      names = "--experts",
      paramLabel = "N",
      defaultValue = "32",
      description = "Experts a layer (default: ${DEFAULT-VALUE}).")
  private int experts;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "4",
      description = "Experts a token activates (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "Same seed, same requests (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    Checks.atLeast("--requests", requests, 1);
    var model = model();
    try {
      Files.createDirectories(out);
      Files.writeString(out.resolve("model.json"), model.json());
      var trace = new SyntheticTrace(model, seed);
      for (var day : days) {
        var file = out.resolve(day + ".jsonl.gz");
        try (var bytes =
            new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16))) {
          trace.write(bytes, day, requests);
        }
      }
    } catch (IOException failure) {
      throw UserError.data(
          "cannot write to '%s': %s".formatted(out, failure.getMessage()),
          "--out must be a folder that you may write");
    }
    System.out.printf(
        "generate: %d days of %,d requests and model.json in %s, synthetic, seed %d, %s%n",
        days.size(), requests, out, seed, watch);
    return 0;
  }

  private SyntheticModel model() {
    try {
      return new SyntheticModel(layers, experts, topK);
    } catch (IllegalArgumentException impossible) {
      throw UserError.usage(
          impossible.getMessage(), "at most 256 experts, and no more than those for --top-k");
    }
  }
}
