package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.command.LakeOptions.OpenLake;
import coterie.jobs.nightly.NightReport;
import coterie.jobs.nightly.NightlyConfig;
import coterie.jobs.nightly.NightlyFile;
import coterie.jobs.nightly.NightlyJob;
import coterie.jobs.nightly.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coterie nightly}. */
@Command(
    name = "nightly",
    description = "A day's traces to a published plan: all stages, from one file of settings.",
    footer = {
      "",
      "Stages: ingest, analyze, audit, plan, simulate, publish, export, retain. Readers of the lake",
      "see a night when it is published, or not at all. The plan in use changes only if the new one",
      "is surely better on the day's requests, which it was not made from. Run again, a night does",
      "what is left to do. The file is described in jobs/docs/nightly.md.",
      "",
      "Exit code 1 if a night failed its checks, or another nightly is at work in the lake.",
      "",
      "Example:",
      "  coterie nightly --config nightly.yaml --day 2026-01-06"
    })
final class NightlyCommand implements Callable<Integer> {

  private static final int MOST_NIGHTS = 3_660;

  @Mixin private LakeOptions lakeOptions;

  @Option(names = "--config", paramLabel = "FILE", required = true, description = "Settings, YAML.")
  private String config;

  @Option(
      names = "--day",
      paramLabel = "DATE",
      description = "Day of the traces (default: yesterday, UTC).")
  private Optional<LocalDate> day = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "First day of several, one night after the other.")
  private Optional<LocalDate> from = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "DATE",
      description = "Last day of several (default: yesterday, UTC).")
  private Optional<LocalDate> to = Optional.empty();

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "Write what the run came to as JSON.")
  private Optional<Path> summary = Optional.empty();

  @Option(
      names = "--metrics",
      paramLabel = "FILE",
      description = "Write it as Prometheus text, for a textfile collector.")
  private Optional<Path> metrics = Optional.empty();

  @Override
  public Integer call() {
    var watch = new Stopwatch();
    var settings = NightlyFile.read(config);
    var nights = nights();
    lakeOptions.otherwise(settings.lake(), settings.catalog());
    NightlyJob.Result result;
    try (OpenLake lake = lakeOptions.openOrCreate()) {
      var job =
          new NightlyJob(
              lake.lake(),
              settings,
              stage -> {
                lake.clearProgress();
                System.err.println(stage);
              });
      result = job.run(nights);
      lake.clearProgress();
    } catch (RuntimeException failure) {
      write(settings, new NightlyJob.Result("", List.of(), failure), exitCode(failure));
      throw failure;
    }
    result.nights().forEach(NightlyCommand::print);
    int exitCode = result.failure() == null ? 0 : exitCode(result.failure());
    write(settings, result, exitCode);
    if (result.failure() != null) {
      throw result.failure();
    }
    System.out.printf("  %,d nights of '%s', %s%n", nights.size(), settings.name(), watch);
    return exitCode;
  }

  private List<LocalDate> nights() {
    var yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    if (from.isEmpty()) {
      if (to.isPresent()) {
        throw UserError.usage("--to %s without --from".formatted(to.get()), "give both, or --day");
      }
      return List.of(day.orElse(yesterday));
    }
    if (day.isPresent()) {
      throw UserError.usage("--day and --from together", "give --day, or --from and --to");
    }
    var last = to.orElse(yesterday);
    if (last.isBefore(from.get()) || from.get().plusDays(MOST_NIGHTS).isBefore(last)) {
      throw UserError.usage(
          "--from %s --to %s".formatted(from.get(), last),
          "1 to %,d days, the first one first".formatted(MOST_NIGHTS));
    }
    return from.get().datesUntil(last.plusDays(1)).toList();
  }

  private static int exitCode(RuntimeException failure) {
    return failure instanceof UserError wrong ? wrong.kind().exitCode() : 1;
  }

  private static void print(NightReport night) {
    System.out.printf("nightly %s%n", night.night());
    for (var stage : night.stages()) {
      System.out.printf(
          "  %-9s %-6s %6.1f s  %s%n",
          stage.stage(), stage.status().label(), stage.seconds(), stage.decision());
    }
    night.plan().ifPresent(plan -> System.out.printf("  in use: plan '%s'%n", plan));
  }

  private void write(NightlyConfig settings, NightlyJob.Result result, int exitCode) {
    var text = new RunSummary(settings.name(), result, exitCode);
    summary.ifPresent(file -> write(file, text.json()));
    metrics.ifPresent(file -> write(file, text.metrics()));
  }

  /** Written beside and moved: a collector may look at any moment. */
  private static void write(Path file, String text) {
    try {
      var folder = file.toAbsolutePath().getParent();
      var partial = Files.createTempFile(folder, "." + file.getFileName(), ".partial");
      Files.writeString(partial, text);
      Files.move(
          partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failure) {
      throw UserError.data(
          "cannot write '%s': %s".formatted(file, failure.getMessage()),
          "give a file in a folder that is there and that you may write");
    }
  }
}
