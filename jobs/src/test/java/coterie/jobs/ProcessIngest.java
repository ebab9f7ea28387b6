package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ingest as a process of its own, which can be killed or run beside others. */
final class ProcessIngest {

  private final Process process;
  private final Path output;

  private ProcessIngest(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts {@code coterie ingest} with one thread for Spark. */
  static ProcessIngest start(Path folder, String... args) throws IOException {
    var command = new ArrayList<String>();
    command.add(Coterie.root().resolve("jobs/bin/coterie").toString());
    command.addAll(List.of("ingest", "--master", "local[1]"));
    command.addAll(List.of(args));
    var output = Files.createTempFile(folder, "ingest", ".txt");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "JAVA_OPTS", "COTERIE_LAKE"));
    return new ProcessIngest(builder.start(), output);
  }

  /** Kills it as {@code kill -9} does: the launcher has become the Java process. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end and returns what it printed. */
  String ok() throws IOException, InterruptedException {
    int exitCode = process.waitFor();
    var printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(exitCode).as(printed).isZero();
    return printed;
  }
}
