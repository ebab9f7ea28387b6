package coterie.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that dies in the middle of a replay changes nothing of what comes out. */
class KilledExecutorTest {

  /** Tasks after whose end an executor is killed: some of the first stage, not all. */
  private static final int TASKS_BEFORE = 3;

  private final List<String> properties = new ArrayList<>();

  /** Workers write beside the test, wherever its files go. */
  private static final Path WORK = Path.of("work");

  private final boolean workWasThere = Files.exists(WORK);

  @TempDir private Path folder;

  private void set(String property, String value) {
    properties.add(property);
    System.setProperty(property, value);
  }

  /** Executors in processes of their own need what a Spark distribution would tell them. */
  private void prepareProcesses() {
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    set("spark.executor.extraClassPath", classPath);
    set("spark.executor.extraJavaOptions", String.join(" ", opens()));
    // There is no distribution: no folder of jars is looked for.
    set("spark.executorEnv.SPARK_TESTING", "1");
    set("spark.executorEnv.SPARK_SCALA_VERSION", "2.13");
  }

  private static List<String> opens() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens="))
        .toList();
  }

  @AfterEach
  void clear() throws IOException {
    properties.forEach(System::clearProperty);
    if (!workWasThere && Files.exists(WORK)) {
      try (var files = Files.walk(WORK)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
  }

  private static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
                    .isPresent())
        .toList();
  }

  @Test
  void aKilledExecutorChangesNothing() throws Exception {
    assumeTrue(
        System.getenv("COTERIE_SLOW_TESTS") != null,
        "executors in processes of their own are slow to start; set COTERIE_SLOW_TESTS");
    List<Byte> quiet;
    RequestList requests;
    try (var lake = MadeRequests.open(folder.resolve("lake"), "local[2]")) {
      MadeRequests.fill(lake.spark(), 40);
      requests = RequestList.load(lake.spark(), MadeRequests.ALL, 1_000, 3);
      var request = MadeRequests.request(LoopKind.CLOSED, requests, 2, 40, 6);
      quiet = LoopJobTest.bytes(new LoopJob(lake.spark()).run(MadeRequests.ALL, request));
    }
    prepareProcesses();
    var killed = new AtomicInteger();
    try (var lake = MadeRequests.open(folder.resolve("lake"), "local-cluster[2,1,1024]")) {
      lake.spark().sparkContext().addSparkListener(new Killer(killed));
      var request = MadeRequests.request(LoopKind.CLOSED, requests, 2, 40, 6);
      var disturbed = new LoopJob(lake.spark()).run(MadeRequests.ALL, request);
      assertThat(killed).hasPositiveValue();
      assertThat(LoopJobTest.bytes(disturbed)).isEqualTo(quiet);
    }
  }

  /** Kills one executor, once. */
  private static final class Killer extends SparkListener {

    private final AtomicInteger killed;
    private int ended;

    Killer(AtomicInteger killed) {
      this.killed = killed;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (++ended == TASKS_BEFORE) {
        executors().stream()
            .findFirst()
            .filter(ProcessHandle::destroyForcibly)
            .ifPresent(process -> killed.incrementAndGet());
      }
    }
  }
}
