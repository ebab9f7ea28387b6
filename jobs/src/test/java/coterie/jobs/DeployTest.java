package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import coterie.jobs.nightly.NightlyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The schedules that are there to be copied, as far as they can be checked without a scheduler. */
class DeployTest {

  private static final Path DEPLOY = Coterie.root().resolve("jobs/deploy");

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }

  private static Map<String, Object> yaml(String file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(read(file));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T at(Map<String, Object> map, String... path) {
    Object value = map;
    for (String key : path) {
      value = ((Map<String, Object>) value).get(key);
    }
    return (T) value;
  }

  /**
   * The words after the jar or the launcher are a command line of ours: it gets as far as its file.
   */
  private static void isOurs(List<String> words) {
    var result = Coterie.run(words.toArray(String[]::new));
    assertThat(result.err()).startsWith("error: cannot read --config '/etc/coterie/nightly.yaml'");
  }

  private static List<String> wordsAfterLauncher(String line) {
    var words = Arrays.asList(line.strip().split("\\s+", -1));
    int first = words.indexOf("nightly");
    int end = words.indexOf("2>>/var/log/coterie/nightly.log");
    return words.subList(first, end < 0 ? words.size() : end);
  }

  @Test
  void theSettingsAreRead() {
    var config = NightlyFile.read(DEPLOY.resolve("nightly.yaml").toString());
    assertThat(config.name()).isEqualTo("chat");
  }

  @Test
  void cronHasFiveFieldsAUserAndOurCommand() throws IOException {
    var lines = read("coterie.cron").lines().filter(line -> line.matches("[0-9*].*")).toList();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).matches("(\\S+ ){5}coterie flock -n \\S+ \"\\$COTERIE_HOME/.*");
    isOurs(wordsAfterLauncher(lines.get(0)));
  }

  @Test
  void kubernetesStartsOneAtATime() throws IOException {
    var job = yaml("kubernetes-cronjob.yaml");
    assertThat(job).containsEntry("kind", "CronJob").containsEntry("apiVersion", "batch/v1");
    assertThat(DeployTest.<String>at(job, "spec", "concurrencyPolicy")).isEqualTo("Forbid");
    List<Map<String, Object>> containers =
        at(job, "spec", "jobTemplate", "spec", "template", "spec", "containers");
    List<String> command = at(containers.get(0), "command");
    assertThat(command).containsSequence("--class", "coterie.jobs.Main");
    isOurs(command.subList(command.indexOf("nightly"), command.size()));
    noSecretIsWritten(read("kubernetes-cronjob.yaml"));
  }

  @Test
  void theSparkOperatorStartsOneAtATime() throws IOException {
    var application = yaml("spark-application.yaml");
    assertThat(application).containsEntry("kind", "ScheduledSparkApplication");
    assertThat(DeployTest.<String>at(application, "spec", "concurrencyPolicy")).isEqualTo("Forbid");
    assertThat(DeployTest.<String>at(application, "spec", "template", "mainClass"))
        .isEqualTo("coterie.jobs.Main");
    isOurs(at(application, "spec", "template", "arguments"));
    noSecretIsWritten(read("spark-application.yaml"));
  }

  private static void noSecretIsWritten(String manifest) {
    assertThat(manifest).contains("secretKeyRef").doesNotContainPattern("(?i)password[\"']?: *\\S");
  }

  @Test
  void systemdAcceptsServiceAndTimer(@TempDir Path folder)
      throws IOException, InterruptedException {
    assumeTrue(here("systemd-analyze"), "systemd-analyze is not here");
    // The programme and the user are the reader's; here anything that is there will do.
    var service =
        read("coterie-nightly.service")
            .replace("/opt/coterie/jobs/bin/coterie", "/bin/true")
            .replace("User=coterie\n", "");
    Files.writeString(folder.resolve("coterie-nightly.service"), service);
    Files.writeString(folder.resolve("coterie-nightly.timer"), read("coterie-nightly.timer"));
    var output = folder.resolve("output");
    int exitCode =
        run(
            output,
            "systemd-analyze",
            "verify",
            "--man=no",
            folder.resolve("coterie-nightly.service").toString(),
            folder.resolve("coterie-nightly.timer").toString());
    assertThat(exitCode).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).doesNotContain("coterie-nightly");
    assertThat(run(output, "systemd-analyze", "calendar", "*-*-* 01:30:00 UTC")).isZero();
    var start = service.lines().filter(line -> line.startsWith("ExecStart=")).findFirst();
    isOurs(wordsAfterLauncher(start.orElseThrow()));
  }

  @Test
  void airflowsFileIsPython(@TempDir Path folder) throws IOException, InterruptedException {
    assumeTrue(here("python3"), "python3 is not here");
    var output = folder.resolve("output");
    var script =
        """
        import ast, sys
        tree = ast.parse(open(sys.argv[1]).read())
        calls = {n.func.id: {k.arg for k in n.keywords} for n in ast.walk(tree)
                 if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert {'dag_id', 'schedule', 'catchup', 'max_active_runs'} <= calls['DAG'], calls
        assert {'application', 'java_class', 'application_args'} <= calls['SparkSubmitOperator']
        """;
    int exitCode =
        run(output, "python3", "-c", script, DEPLOY.resolve("coterie_nightly_dag.py").toString());
    assertThat(exitCode).as(Files.readString(output)).isZero();
  }

  private static boolean here(String program) throws InterruptedException {
    try {
      return run(null, program, "--version") == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private static int run(Path output, String... command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(
        output == null
            ? ProcessBuilder.Redirect.DISCARD
            : ProcessBuilder.Redirect.to(output.toFile()));
    return builder.start().waitFor();
  }

  /** With a file that is not there, a command line is read as far as that, and nothing is run. */
  @Test
  void documentedCommandsAreOurs() throws IOException {
    var page = Files.readString(Coterie.root().resolve("jobs/docs/nightly.md"));
    var commands =
        page.replace("\\\n", " ")
            .lines()
            .filter(
                line -> line.startsWith("jobs/bin/coterie ") || line.startsWith("spark-submit "))
            .map(DeployTest::wordsAfterLauncher)
            .toList();
    assertThat(commands).hasSize(4);
    for (var words : commands) {
      var elsewhere = new ArrayList<>(words);
      elsewhere.replaceAll(
          word -> word.replace("jobs/deploy/nightly.yaml", "/etc/coterie/nightly.yaml"));
      isOurs(elsewhere);
    }
  }

  /** With a program in the place of NVIDIA's, since there is no GPU here. */
  @Test
  void theDiscoveryScriptSpeaksAsSparkAsks(@TempDir Path folder)
      throws IOException, InterruptedException {
    var script = DEPLOY.resolve("gpu-discovery.sh").toString();
    var output = folder.resolve("output");
    var fake = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\nprintf '0\\n1\\n'\n");
    assertThat(fake.toFile().setExecutable(true)).isTrue();
    var path = "PATH=%s:/usr/bin:/bin".formatted(folder);
    assertThat(run(output, "env", path, "bash", script)).isZero();
    assertThat(output).hasContent("{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\"]}");
    Files.delete(fake);
    assertThat(run(output, "env", path, "bash", script)).isEqualTo(1);
    assertThat(output).content().contains("nvidia-smi is not on the path");
    assertThat(read("gpu.conf"))
        .contains("discoveryScript  /opt/coterie/jobs/deploy/gpu-discovery.sh");
  }
}
