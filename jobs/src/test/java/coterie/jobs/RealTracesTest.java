package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real traces of gpt-oss-20b, end to end: planned on mmlu_test, judged on mmlu_dev. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealTracesTest {

  private Path folder;
  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    var traces = RealTraces.gptOss20b();
    lake = folder.resolve("lake").toString();
    ingest("mmlu_test", traces.resolve("vllm/mmlu_test.jsonl.gz"));
    ingest("dev_vllm", traces.resolve("vllm/mmlu_dev.jsonl.gz"));
    ingest("dev_sglang", traces.resolve("sglang/mmlu_dev.jsonl.gz"));
    ingest("dev_npz", traces.resolve("npz/mmlu_dev.npz"));
    Coterie.run("analyze", "--lake", lake).ok();
  }

  private void ingest(String dataset, Path file) {
    var receipt =
        Coterie.run(
                "ingest",
                "--lake",
                lake,
                "--model",
                "gpt-oss-20b",
                "--dataset",
                dataset,
                file.toString())
            .ok();
    assertThat(receipt.out()).contains("+ 0 rejected");
  }

  private List<String> sql(String query) {
    var lines = Coterie.run("sql", "--lake", lake, "--rows", "100000", query).ok().outLines();
    return lines.subList(2, lines.size()).stream().map(String::strip).toList();
  }

  /** The traces' own README gives these numbers. */
  @Test
  void tokensAndRequestsAreAllThere() {
    assertThat(
            sql(
                "SELECT dataset, sum(tokens) AS tokens, count(DISTINCT request_id) AS requests"
                    + " FROM routing GROUP BY dataset ORDER BY dataset"))
        .containsExactly(
            "dev_npz      24629        97",
            "dev_sglang   24629        97",
            "dev_vllm     24629        97",
            "mmlu_test    61020       201");
  }

  /**
   * vLLM's ids carry {@code cmpl-}, which ingest removes; npz numbers requests in the order of the
   * lines, and the last part of each id is that number.
   */
  @Test
  void threeLayoutsGiveTheSameBlocks() {
    var blocks =
        "SELECT substring_index(request_id, '/', -1) AS n, phase, first_position, tokens, experts"
            + " FROM routing WHERE dataset = '%s'";
    for (String other : new String[] {"dev_sglang", "dev_npz"}) {
      var one = blocks.formatted("dev_vllm");
      var two = blocks.formatted(other);
      assertThat(
              sql(
                  "SELECT count(*) AS n FROM ((%s EXCEPT ALL %s) UNION ALL (%s EXCEPT ALL %s))"
                      .formatted(one, two, two, one)))
          .containsExactly("0");
    }
    assertThat(
            sql(
                "SELECT count(*) AS n FROM routing v JOIN routing s USING (request_id)"
                    + " WHERE v.dataset = 'dev_vllm' AND s.dataset = 'dev_sglang'"))
        .containsExactly("97");
    assertThat(
            sql("SELECT bool_and(weights IS NOT NULL) AS w FROM routing WHERE dataset = 'dev_npz'"))
        .containsExactly("true");
  }

  /**
   * Read from the npz by hand with NumPy: request 0 begins at position 160 with experts 31 21 22 6
   * in layer 0 and 1 23 12 5 in layer 12; token 5 of request 2, at position 157, calls 13 14 16 5
   * in layer 7. Blocks are layer-major, so layer l of a block of T tokens begins at byte 4 l T.
   */
  @Test
  void handCheckedTokens() {
    var block =
        "SELECT concat_ws(' ', transform(sequence(1, 4), i -> conv(hex(substring(experts,"
            + " 4 * (%d * tokens + %d) + i, 1)), 16, 10))) AS ids, first_position FROM routing"
            + " WHERE dataset = '%s' AND request_id LIKE '%%%s' AND phase = 'decode'";
    for (String dataset : new String[] {"dev_vllm", "dev_sglang"}) {
      assertThat(sql(block.formatted(0, 0, dataset, "/0")))
          .containsExactly("31 21 22 6             160");
      assertThat(sql(block.formatted(12, 0, dataset, "/0")))
          .containsExactly("1 23 12 5             160");
      assertThat(sql(block.formatted(7, 5, dataset, "/2")))
          .containsExactly("13 14 16 5             152");
    }
  }

  /** Counted from the npz with NumPy. */
  @Test
  void statisticsOfLayer12() {
    assertThat(
            sql(
                "SELECT a, b, tokens FROM coactivation WHERE dataset = 'dev_vllm' AND layer = 12"
                    + " AND (a, b) IN ((0, 1), (5, 9), (30, 31)) ORDER BY a"))
        .containsExactly("0   1      26", "5   9       2", "30  31     659");
    assertThat(
            sql(
                "SELECT expert, tokens FROM expert_load WHERE dataset = 'dev_vllm' AND layer = 12"
                    + " AND expert < 4 ORDER BY expert"))
        .containsExactly("0     196", "1    7043", "2     384", "3    9368");
    assertThat(
            sql(
                "SELECT experts, tokens, (SELECT count(*) FROM expert_set WHERE"
                    + " dataset = 'dev_vllm' AND layer = 12) AS sets FROM expert_set WHERE"
                    + " dataset = 'dev_vllm' AND layer = 12 ORDER BY tokens DESC LIMIT 1"))
        .containsExactly("[1, 3, 23, 24]     619  2240");
  }

  /**
   * What an earlier prototype reached is the ceiling for each batch size; EPLB must be within 0.02
   * of the figure that was published with it.
   */
  @Test
  void plansHoldOnRequestsTheyNeverSaw() throws IOException {
    double[] prototype = {1.041, 2.169, 3.381};
    double[] eplb = {1.216, 2.364, 3.645};
    int[] batches = {1, 4, 16};
    plan("eplb", "eplb", "1,4,16");
    for (int batch : batches) {
      plan("b" + batch, "local-search", "" + batch);
    }
    Coterie.run("simulate", "--lake", lake, "--plans", "eplb,b1,b4,b16", "--datasets", "dev_vllm")
        .ok();
    for (int i = 0; i < 3; i++) {
      assertThat(cost("b" + batches[i], batches[i])).isLessThanOrEqualTo(prototype[i]);
      assertThat(cost("eplb", batches[i])).isCloseTo(eplb[i], within(0.02));
    }
    var file = folder.resolve("b4.json");
    Coterie.run(
            "export",
            "--lake",
            lake,
            "--plan",
            "b4",
            "--format",
            "sglang",
            "--out",
            file.toString())
        .ok();
    var rows = SglangFile.read(Files.readString(file));
    assertThat(rows).hasSize(24).allSatisfy(row -> SglangFile.requireSound(row, 8, 32));
  }

  private void plan(String name, String planner, String batches) {
    Coterie.run(
            "plan",
            "--lake",
            lake,
            "--model",
            "gpt-oss-20b",
            "--datasets",
            "mmlu_test",
            "--gpus",
            "8",
            "--slots-per-gpu",
            "5",
            "--batch",
            batches,
            "--planner",
            planner,
            "--name",
            name)
        .ok();
  }

  private double cost(String plan, int batch) {
    return Double.parseDouble(
        sql("SELECT avg(experts) AS cost FROM replay WHERE router = 'exact' AND plan = '%s'"
                    .formatted(plan)
                + " AND batch = "
                + batch)
            .get(0));
  }
}
