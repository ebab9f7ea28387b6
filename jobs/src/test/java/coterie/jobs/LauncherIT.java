package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, run as a process on the tree that Maven has just built. */
class LauncherIT {

  private static final Path ROOT = Coterie.root();
  private static final Path SAMPLE = ROOT.resolve("data/sample");

  @TempDir private Path folder;

  private record Answer(int exitCode, String output) {}

  private Answer launch(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>(List.of(ROOT.resolve("jobs/bin/coterie").toString()));
    command.addAll(Arrays.asList(args));
    var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
    builder.environment().keySet().removeAll(List.of("SPARK_HOME", "JAVA_OPTS", "COTERIE_LAKE"));
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), output);
  }

  @Test
  void aBuiltTreeIsNotBuiltAgain() throws IOException, InterruptedException {
    var help = launch(Map.of(), "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.output()).startsWith("Usage: coterie").doesNotContain("Building");
  }

  @Test
  void anotherJavaIsNamed() throws IOException, InterruptedException {
    var java = script("jdk/bin/java", "echo '    java.specification.version = 25'");
    var refused = launch(Map.of("JAVA_HOME", java.getParent().getParent().toString()), "--help");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.output())
        .isEqualTo(
            """
            error: Java 25 found, Coterie runs on 17
              set JAVA_HOME to a JDK 17
            """);
  }

  @Test
  void embeddedSparkIsQuiet() throws IOException, InterruptedException {
    var ingest = launch(Map.of(), ingest());
    assertThat(ingest.exitCode()).as(ingest.output()).isZero();
    assertThat(ingest.output()).startsWith("ingest synthetic: 12 MoE layers").hasLineCount(5);
  }

  /**
   * SPARK_HOME is put together from the same artifacts. The script stands for {@code
   * bin/spark-submit}, which no repository of artifacts has, and does what that does: it has
   * Spark's launcher print a command (after a zero and a line end), which it runs.
   */
  @Test
  void sparkSubmitIsUsedWhereSparkHomeIsSet() throws IOException, InterruptedException {
    var spark =
        script(
            "spark/bin/spark-submit",
            """
            export SPARK_HOME=$(cd "$(dirname "$0")/.." && pwd) SPARK_SCALA_VERSION=2.13
            command=()
            while IFS= read -d '' -r word; do command+=("$word"); done < <(
              java -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
                org.apache.spark.deploy.SparkSubmit "$@" | tail -c +3)
            exec "${command[@]}"
            """);
    Files.createFile(folder.resolve("spark/RELEASE"));
    var jars = Files.createDirectory(folder.resolve("spark/jars"));
    for (var jar : sparkJars()) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    var environment =
        Map.of(
            "SPARK_HOME", spark.getParent().getParent().toString(),
            "SUBMIT_OPTS", "--master local[2] --conf spark.ui.enabled=false",
            "COTERIE_LAKE", folder.resolve("lake").toString());
    var ingest = launch(environment, ingest());
    assertThat(ingest.exitCode()).as(ingest.output()).isZero();
    assertThat(ingest.output()).contains("tokens    28,234 read = 28,234 kept + 0 rejected");
    var analyze = launch(environment, "analyze");
    assertThat(analyze.exitCode()).as(analyze.output()).isZero();
    var plan =
        launch(
            environment,
            "plan",
            "--model",
            "synthetic",
            "--datasets",
            "monday",
            "--gpus",
            "8",
            "--slots-per-gpu",
            "5",
            "--batch",
            "1",
            "--proposals",
            "500",
            "--name",
            "p");
    assertThat(plan.exitCode()).as(plan.output()).isZero();
    assertThat(plan.output()).contains("plan 'p': local-search").doesNotContain("INFO");
  }

  private String[] ingest() {
    return new String[] {
      "ingest",
      "--lake",
      folder.resolve("lake").toString(),
      "--model",
      "synthetic",
      "--model-file",
      SAMPLE.resolve("model.json").toString(),
      "--dataset",
      "monday",
      SAMPLE.resolve("2026-01-05.jsonl.gz").toString()
    };
  }

  /** What is on the class path but does not go to spark-submit: Spark and what it brings. */
  private static List<Path> sparkJars() throws IOException {
    var target = ROOT.resolve("jobs/target");
    var ours = List.of(Files.readString(target.resolve("submit-jars.txt")).strip().split(","));
    return Arrays.stream(Files.readString(target.resolve("classpath.txt")).strip().split(":"))
        .filter(jar -> !ours.contains(jar))
        .map(Path::of)
        .toList();
  }

  private Path script(String name, String body) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
