package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Requests of the bundled sample replayed from the command line, in one lake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayCommandsTest {

  private Path folder;
  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    Coterie.ingestSample(lake, "monday", "2026-01-05");
    Coterie.ingestSample(lake, "tuesday", "2026-01-06");
    Coterie.run("analyze", "--lake", lake).ok();
    Coterie.run(
            "plan",
            "--lake",
            lake,
            "--model",
            "synthetic",
            "--datasets",
            "monday",
            "--gpus",
            "8",
            "--slots-per-gpu",
            "5",
            "--steps",
            "200",
            "--proposals",
            "500",
            "--name",
            "local-search")
        .ok();
  }

  private Coterie.Result sql(String query) {
    return Coterie.run("sql", "--lake", lake, query).ok();
  }

  /** 250 requests of Tuesday: a flight of 62 is the largest that they fill. */
  @Test
  void requestsAreReplayed() {
    var replayed =
        Coterie.run(
                "simulate",
                "--lake",
                lake,
                "--plans",
                "local-search",
                "--datasets",
                "tuesday",
                "--loop",
                "closed",
                "--in-flight",
                "8,80",
                "--routers",
                "vllm,exact",
                "--groups",
                "2",
                "--allocator",
                "round-robin,signature",
                "--replicates",
                "5",
                "--replicate-steps",
                "8")
            .ok();
    assertThat(replayed.err())
        .contains("warning: 80 in flight left out: tuesday has 250 requests, a quarter is 62\n");
    assertThat(replayed.out())
        .contains(
            "2 groups of 8 GPUs, 8 in flight, requests signature\n  router exact, tensor parallel")
        .contains("TP8", "TP4 x EP2", "EPLB, no spares", "over best")
        .contains("attention is assumed, not measured");
    assertThat(replayed.outLines()).allSatisfy(line -> assertThat(line.length()).isLessThan(101));
    assertThat(
            sql("SELECT count(*) AS n, count(DISTINCT plan) AS plans, min(requests) AS requests,"
                    + " bool_and(tpot_low <= tpot_seconds AND tpot_seconds <= tpot_high) AS inside,"
                    + " bool_and(tensor_shards > 1 OR most_copies >= certificate) AS proven"
                    + " FROM request_replay WHERE command = 'simulate'")
                .out())
        .contains("20      5       250  true    true");
  }

  @Test
  void aSweepFindsTheBestWithinALatency() throws IOException {
    var file = folder.resolve("sweep.json");
    var swept =
        Coterie.run(
                "sweep",
                "--lake",
                lake,
                "--model",
                "synthetic",
                "--datasets",
                "monday",
                "--judged-on",
                "tuesday",
                "--gpus",
                "4,8",
                "--spares",
                "0,1",
                "--in-flight",
                "1,16",
                "--steps",
                "100",
                "--proposals",
                "500",
                "--replicates",
                "5",
                "--replicate-steps",
                "8",
                "--tpot-ms",
                "0.001,100",
                "--json",
                file.toString())
            .ok();
    assertThat(swept.out())
        .contains("TPOT at most 0.001 ms: none; the lowest is ")
        .contains("TPOT at most 100 ms: ")
        .contains("95 % of it by");
    assertThat(swept.outLines()).allSatisfy(line -> assertThat(line.length()).isLessThan(101));
    assertThat(Files.readString(file)).contains("\"plan\" : \"local-search +1\"");
    assertThat(
            sql("SELECT count(*) AS n, count(DISTINCT gpus) AS sizes FROM request_replay"
                    + " WHERE command = 'sweep'")
                .outLines())
        .endsWith("26      2");
  }
}
