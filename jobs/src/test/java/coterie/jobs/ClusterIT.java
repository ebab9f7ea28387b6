package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tuesday's night under spark-submit on a standalone cluster that loses workers and drivers. Each
 * test begins with the lake as Monday left it, and has to come to the tables that one process came
 * to with nothing lost.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");
  private static final String MONDAY = "2026-01-05";
  private static final String TUESDAY = "2026-01-06";
  private static final int REQUESTS = 60;
  private static final List<String> REPLAYS = List.of("request_replay");

  private Path monday;
  private NightFolder nights;
  private Map<String, String> tables;
  private Map<String, String> replays;
  private SparkCluster cluster;

  @BeforeAll
  void oneProcess(@TempDir Path folder) throws IOException, InterruptedException {
    monday = folder.resolve("monday");
    nights = new NightFolder(folder);
    nights.few(MONDAY, SAMPLE.resolve(MONDAY + ".jsonl.gz"), REQUESTS);
    nights.few(TUESDAY, SAMPLE.resolve(TUESDAY + ".jsonl.gz"), REQUESTS);
    local(night(MONDAY));
    local(
        words(
            "plan --lake %s --model synthetic --datasets chat --planner eplb --gpus 8"
                + " --slots-per-gpu 4 --name eplb"));
    FileUtils.copyDirectory(lake().toFile(), monday.toFile());
    assertThat(local(night(TUESDAY))).contains("in use: plan 'chat-2026-01-06-");
    tables = nights.tables();
    asMondayLeftIt();
    local(replay());
    replays = replays();
    cluster = SparkCluster.start(folder, 2);
  }

  @AfterAll
  void stopTheCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void asMondayLeftIt() throws IOException {
    FileUtils.deleteDirectory(lake().toFile());
    FileUtils.copyDirectory(monday.toFile(), lake().toFile());
    if (Files.exists(nights.plans())) {
      FileUtils.deleteDirectory(nights.plans().toFile());
    }
  }

  private Path lake() {
    return Path.of(nights.lake());
  }

  private String[] night(String day) {
    return new String[] {"nightly", "--config", nights.config().toString(), "--day", day};
  }

  /** Of whole requests, in seconds of the step; a task for each of what is to be replayed. */
  private String[] replay() {
    return words(
        "simulate --lake %s --plans eplb --datasets chat --loop closed --in-sample"
            + " --in-flight 1,4 --routers exact,vllm");
  }

  /** A command line with the lake put in. */
  private String[] words(String line) {
    return line.formatted(lake()).split(" ", -1);
  }

  private static String local(String... args) {
    return Coterie.run(args).ok().out();
  }

  private Map<String, String> replays() {
    try (var lake = new Questions(nights.lake())) {
      return NightFolder.tables(lake, REPLAYS);
    }
  }

  private void requireTheSame() {
    assertThat(nights.tables()).isEqualTo(tables);
    assertThat(nights.branches()).isEmpty();
    assertThat(nights.plans())
        .isDirectoryContaining("glob:**/chat.sglang.json")
        .isDirectoryContaining("glob:**/chat.coterie.json");
  }

  /** Each time that whose executor has just been given a task. */
  @Test
  @Order(1)
  void aWorkerKilledInEachStageChangesNothing() throws IOException, InterruptedException {
    var job = cluster.submit(night(TUESDAY));
    killAWorkerIn(job, "ingest");
    killAWorkerIn(job, "analyze");
    killAWorkerIn(job, "plan");
    killAWorkerIn(job, "simulate");
    assertThat(job.ok()).contains("in use: plan 'chat-2026-01-06-");
    assertThat(job.printed().split("Lost executor ", -1)).hasSizeGreaterThan(4);
    requireTheSame();
  }

  private void killAWorkerIn(SubmittedJob job, String stage)
      throws IOException, InterruptedException {
    cluster.killWorkerOf(job.taskAfter("nightly 2026-01-06: " + stage));
    cluster.addWorker();
  }

  /**
   * Killed while readers are shown the night table by table. Before that a single ingest runs
   * beside the night; another night may not.
   */
  @Test
  @Order(2)
  void aKilledDriverLeavesNothingBehindOnceTheNightIsRunAgain()
      throws IOException, InterruptedException {
    var job = cluster.submit(night(TUESDAY));
    job.awaits("nightly 2026-01-06: analyze");
    local(
        words(
            "ingest --lake %%s --model synthetic --model-file %s --dataset beside %s"
                .formatted(SAMPLE.resolve("model.json"), SAMPLE.resolve(MONDAY + ".jsonl.gz"))));
    assertThat(job.process().isAlive()).as("the ingest ended beside the night").isTrue();
    var second = Coterie.run(night(TUESDAY));
    job.awaits("nightly 2026-01-06: publish");
    Thread.sleep(300);
    job.kill();
    cluster.submit(night(TUESDAY)).ok();
    requireTheSame();
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.err()).contains("error: another command holds 'nightly': process ");
    try (var lake = new Questions(nights.lake())) {
      assertThat(lake.ask("SELECT sum(tokens) FROM routing WHERE dataset = 'beside'"))
          .containsExactly("28234");
    }
  }

  /** The same bits of every request's replay, though the executor was lost in the middle of it. */
  @Test
  @Order(3)
  void aWorkerKilledInAReplayChangesNothing() throws IOException, InterruptedException {
    var job = cluster.submit(replay());
    cluster.killWorkerOf(job.taskAfter("] at flatMapToPair at LoopJob.java"));
    assertThat(job.ok()).contains("Lost task ");
    assertThat(replays()).isEqualTo(replays);
  }
}
