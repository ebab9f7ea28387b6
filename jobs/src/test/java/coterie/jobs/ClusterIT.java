package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Nights under spark-submit on a standalone cluster that loses workers and drivers. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");
  private static final List<String> NIGHTS = List.of("--from", "2026-01-05", "--to", "2026-01-06");

  private Path folder;
  private SparkCluster cluster;
  private Map<String, String> tables;

  @BeforeAll
  void startTheCluster(@TempDir Path temporary) throws IOException, InterruptedException {
    folder = temporary;
    cluster = SparkCluster.start(folder, 2);
    var nights = night("calm");
    nights.traces("2026-01-05", SAMPLE.resolve("2026-01-05.jsonl.gz"));
    nights.traces("2026-01-06", SAMPLE.resolve("2026-01-06.jsonl.gz"));
  }

  @AfterAll
  void stopTheCluster() {
    cluster.close();
  }

  private NightFolder night(String lake) throws IOException {
    return new NightFolder(folder, folder.resolve(lake));
  }

  private SparkCluster.Submitted submit(NightFolder nights) throws IOException {
    return cluster.submit(
        "nightly",
        "--config",
        nights.config().toString(),
        NIGHTS.get(0),
        NIGHTS.get(1),
        NIGHTS.get(2),
        NIGHTS.get(3));
  }

  @Test
  @Order(1)
  void theClusterComesToWhatOneProcessComesTo() throws IOException, InterruptedException {
    var nights = night("calm");
    assertThat(submit(nights).ok()).contains("in use: plan 'chat-2026-01-06-");
    assertThat(nights.plans())
        .isDirectoryContaining("glob:**/chat.sglang.json")
        .isDirectoryContaining("glob:**/chat.coterie.json");
    tables = nights.tables();
    assertThat(nights.branches()).isEmpty();
    var local = night("local");
    Coterie.run(
            "nightly",
            "--master",
            "local[2]",
            "--config",
            local.config().toString(),
            NIGHTS.get(0),
            NIGHTS.get(1),
            NIGHTS.get(2),
            NIGHTS.get(3))
        .ok();
    assertThat(local.tables()).isEqualTo(tables);
  }

  @Test
  @Order(2)
  void aWorkerKilledInEachStageChangesNothing() throws IOException, InterruptedException {
    var nights = night("workers");
    var job = submit(nights);
    for (String stage : List.of("ingest", "analyze", "plan", "simulate")) {
      assertThat(job.awaits("nightly 2026-01-06: " + stage)).as(job.printed()).isTrue();
      cluster.killWorker();
      cluster.addWorker();
    }
    job.ok();
    assertThat(nights.tables()).isEqualTo(tables);
    assertThat(nights.branches()).isEmpty();
  }

  /** Twice: in the middle of the work, and while readers are shown the night table by table. */
  @Test
  @Order(3)
  void aKilledDriverLeavesNothingBehindOnceTheNightIsRunAgain()
      throws IOException, InterruptedException {
    var nights = night("driver");
    for (String stage : List.of("plan", "publish")) {
      var job = submit(nights);
      assertThat(job.awaits("nightly 2026-01-06: " + stage)).as(job.printed()).isTrue();
      Thread.sleep(300);
      job.kill();
    }
    submit(nights).ok();
    assertThat(nights.tables()).isEqualTo(tables);
    assertThat(nights.branches()).isEmpty();
  }
}
