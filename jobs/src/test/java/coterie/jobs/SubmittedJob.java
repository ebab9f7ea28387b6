package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A driver under spark-submit, in a process of its own.
 *
 * @param output file that grows with all that it prints
 */
record SubmittedJob(Process process, Path output) {

  private static final Duration LONGEST = Duration.ofMinutes(8);
  private static final Pattern STARTED =
      Pattern.compile("Starting task \\d.*?executor (\\d+), partition");

  String printed() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  /**
   * Waits until a line is printed, and a task after it is given to an executor.
   *
   * @return the executor of the last one
   */
  String taskAfter(String line) throws IOException, InterruptedException {
    awaits(line);
    long end = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      var text = printed();
      var started = STARTED.matcher(text);
      String executor = null;
      started.region(text.indexOf(line), text.length());
      while (started.find()) {
        executor = started.group(1);
      }
      if (executor != null) {
        return executor;
      }
      pause(end, "no task after '%s'".formatted(line));
    }
  }

  /** Waits until a line is printed. */
  void awaits(String line) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!printed().contains(line)) {
      pause(end, "no '%s'".formatted(line));
    }
  }

  private void pause(long end, String missing) throws IOException, InterruptedException {
    if (!process.isAlive() || System.nanoTime() > end) {
      throw new AssertionError("%s in%n%s".formatted(missing, printed()));
    }
    Thread.sleep(30);
  }

  /** What a job printed that ends well. */
  String ok() throws IOException, InterruptedException {
    if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      kill();
    }
    assertThat(process.exitValue()).as(printed()).isZero();
    return printed();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
