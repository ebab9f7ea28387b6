package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lake whose catalog is a PostgreSQL, as several hosts would share it: processes share it here.
 */
@Tag("cluster")
class PostgresIT {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");
  private static final String PASSWORD = "correct-horse-7351";

  @TempDir private Path folder;

  @Test
  void twoWritersEndAsOneAndThePasswordIsNowhere() throws IOException, InterruptedException {
    try (var server = PostgresServer.start(PASSWORD)) {
      var outputs = new ArrayList<String>();
      var writers = new ArrayList<Process>();
      var files = new ArrayList<Path>();
      for (String[] args :
          new String[][] {
            ingest("a", "2026-01-05"), ingest("a", "2026-01-05"), ingest("b", "2026-01-06")
          }) {
        var output = Files.createTempFile(folder, "writer", ".txt");
        files.add(output);
        writers.add(launch(server, output, args));
      }
      for (int i = 0; i < writers.size(); i++) {
        int exitCode = writers.get(i).waitFor();
        assertThat(exitCode).as(Files.readString(files.get(i))).isZero();
        outputs.add(Files.readString(files.get(i)));
      }
      var tokens =
          run(server, "sql", "SELECT dataset, sum(tokens) AS n FROM routing GROUP BY 1 ORDER BY 1");
      assertThat(tokens).contains("a        28234").contains("b        31149");
      outputs.add(tokens);
      outputs.add(run(server, "analyze"));
      outputs.add(run(server, "sql", "SET"));
      assertThat(outputs).noneMatch(text -> text.contains(PASSWORD));
      assertThat(filesThatHoldThePassword()).isEmpty();
      var wrong = Files.createTempFile(folder, "wrong", ".txt");
      var refused = builder(server, wrong, "analyze");
      refused.environment().put("COTERIE_CATALOG_PASSWORD", "not-it");
      assertThat(refused.start().waitFor()).isNotZero();
      assertThat(wrong)
          .content()
          .contains("password authentication failed")
          .doesNotContain("not-it");
    }
  }

  private List<Path> filesThatHoldThePassword() throws IOException {
    var found = new ArrayList<Path>();
    try (var files = Files.walk(folder.resolve("lake"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(PASSWORD)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private String[] ingest(String dataset, String day) {
    return new String[] {
      "ingest",
      "--model",
      "synthetic",
      "--model-file",
      SAMPLE.resolve("model.json").toString(),
      "--dataset",
      dataset,
      SAMPLE.resolve(day + ".jsonl.gz").toString()
    };
  }

  private String run(PostgresServer server, String... args)
      throws IOException, InterruptedException {
    var output = Files.createTempFile(folder, "run", ".txt");
    int exitCode = launch(server, output, args).waitFor();
    assertThat(exitCode).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  private Process launch(PostgresServer server, Path output, String... args) throws IOException {
    return builder(server, output, args).start();
  }

  private ProcessBuilder builder(PostgresServer server, Path output, String... args) {
    var command = new ArrayList<String>();
    command.add(Coterie.root().resolve("jobs/bin/coterie").toString());
    command.addAll(List.of(args[0], "--master", "local[1]"));
    command.addAll(Arrays.asList(args).subList(1, args.length));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().put("COTERIE_LAKE", folder.resolve("lake").toString());
    builder.environment().put("COTERIE_CATALOG", server.address());
    builder.environment().put("COTERIE_CATALOG_USER", server.user());
    builder.environment().put("COTERIE_CATALOG_PASSWORD", PASSWORD);
    return builder;
  }
}
