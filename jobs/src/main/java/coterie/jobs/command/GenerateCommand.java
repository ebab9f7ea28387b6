package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.generate.FittedTrace;
import coterie.jobs.generate.RouterTraits;
import coterie.jobs.generate.SyntheticModel;
import coterie.jobs.generate.SyntheticTrace;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code coterie generate}. */
@Command(
    name = "generate",
    description =
        "Write synthetic traces with planted co-activation, and the model file they need.",
    footer = {
      "",
      "One file a day, in vLLM's lines. Days share a router and differ in their topics. With --model",
      "the shape is that of a real model and the statistics are fitted to real traces, see",
      "coterie bench generator; memory does not grow with --tokens.",
      "",
      "Example:",
      "  coterie generate --out traces --days 2026-01-05,2026-01-06 --requests 200 --seed 7",
      "  coterie generate --out traces --days 2026-01-05 --model deepseek-v3 --tokens 1M"
    })
final class GenerateCommand implements Callable<Integer> {

  private static final Pattern COUNT = Pattern.compile("([1-9][0-9]{0,9})([KMG]?)");

  /** Options of the model of the bundled sample. */
  private static final List<String> OF_SAMPLE =
      List.of("--requests", "--layers", "--experts", "--top-k");

  @Spec private CommandSpec spec;

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
      names = "--model",
      paramLabel = "NAME",
      description = "A built-in shape, in place of --layers, --experts and --top-k.")
  private Optional<String> modelName = Optional.empty();

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "With --model: tokens of all days, as 250000, 100K, 1M or 2G.")
  private Optional<String> tokens = Optional.empty();

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
    if (modelName.isPresent() || tokens.isPresent()) {
      return fitted(watch);
    }
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
      throw unwritable(failure);
    }
    System.out.printf(
        "generate: %d day(s) of %,d requests and model.json in %s, synthetic, seed %d, %s%n",
        days.size(), requests, out, seed, watch);
    return 0;
  }

  private Integer fitted(Stopwatch watch) {
    if (modelName.isEmpty() || tokens.isEmpty()) {
      throw UserError.usage(
          "--model and --tokens go together", "for example --model deepseek-v3 --tokens 1M");
    }
    for (String option : OF_SAMPLE) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw UserError.usage(
            "%s with --model".formatted(option),
            "the shape is that of the model, and --tokens says how many requests are made up");
      }
    }
    var shape = Checks.builtInShape(modelName.get());
    long wanted = count(tokens.get());
    var trace = new FittedTrace(shape, RouterTraits.FITTED, seed);
    long written = 0;
    long bytes = 0;
    try {
      Files.createDirectories(out);
      for (var day : days) {
        var file = out.resolve(day + ".jsonl.gz");
        try (var stream = new BufferedOutputStream(fastGzip(file), 1 << 16)) {
          written += trace.write(stream, day, (wanted + days.size() - 1) / days.size());
        }
        bytes += Files.size(file);
      }
    } catch (IOException failure) {
      throw unwritable(failure);
    }
    System.out.printf(
        "generate: %d day(s) of %s's shape in %s, synthetic, seed %d%n"
            + "  %,d tokens, %,d MB, %s: %,.0f tokens/s%n",
        days.size(),
        modelName.get(),
        out,
        seed,
        written,
        bytes / 1_000_000,
        watch,
        written / watch.seconds());
    return 0;
  }

  /** Ids in base64 hardly shrink: the least effort is enough. */
  private static GZIPOutputStream fastGzip(Path file) throws IOException {
    return new GZIPOutputStream(Files.newOutputStream(file), 1 << 16) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }

  /** A number of tokens, with K, M or G for thousands, millions and billions. */
  private static long count(String text) {
    var parts = COUNT.matcher(text);
    if (!parts.matches()) {
      throw UserError.usage(
          "--tokens is '%s'".formatted(text), "a whole number above 0, or one with K, M or G");
    }
    long unit =
        switch (parts.group(2)) {
          case "K" -> 1_000;
          case "M" -> 1_000_000;
          case "G" -> 1_000_000_000;
          default -> 1;
        };
    return Long.parseLong(parts.group(1)) * unit;
  }

  private UserError unwritable(IOException failure) {
    return UserError.data(
        "cannot write to '%s': %s".formatted(out, failure.getMessage()),
        "--out must be a folder that you may write");
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
