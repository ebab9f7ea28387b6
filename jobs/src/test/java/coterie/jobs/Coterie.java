package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.command.CoterieCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs command lines inside the test's process, as a user would type them. */
public final class Coterie {

  /** What a command left behind. */
  public record Result(int exitCode, String out, String err) {

    /** Fails the test, showing what was printed, unless the command succeeded. */
    public Result ok() {
      assertThat(exitCode).as("exit code; out:\n%s\nerr:\n%s", out, err).isZero();
      return this;
    }

    public List<String> outLines() {
      return out.lines().toList();
    }
  }

  private Coterie() {}

  /** Root of the source tree. */
  public static Path root() {
    return Path.of(System.getProperty("coterie.root"));
  }

  /**
   * Ingests a day of the bundled sample, which must succeed.
   *
   * @param day 2026-01-05 or 2026-01-06
   * @param more options
   */
  public static void ingestSample(String lake, String dataset, String day, String... more) {
    var sample = root().resolve("data/sample");
    var command = new ArrayList<>(List.of("ingest", "--lake", lake, "--model", "synthetic"));
    command.addAll(List.of("--model-file", sample.resolve("model.json").toString()));
    command.addAll(List.of("--dataset", dataset));
    command.addAll(List.of(more));
    command.add(sample.resolve(day + ".jsonl.gz").toString());
    run(command.toArray(String[]::new)).ok();
  }

  public static Result run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var realOut = System.out;
    var realErr = System.err;
    int exitCode;
    try (var capturedOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        var capturedErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(capturedOut);
      System.setErr(capturedErr);
      exitCode = CoterieCommand.run(args);
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
