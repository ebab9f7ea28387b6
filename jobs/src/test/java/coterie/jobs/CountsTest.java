package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Dumps that recorders wrote, with tokens and without, from ingest to a plan. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CountsTest {

  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path folder) {
    lake = folder.resolve("lake").toString();
    var traces = RealTraces.gptOss20b();
    var recorder = traces.resolve("sglang-recorder");
    assertThat(
            ingest("tokens", recorder.resolve("expert_distribution_recorder_1760000000.25_0.pt")))
        .contains("1 read (sglang-recorder)")
        .contains("records   400 read = 400 kept + 0 rejected")
        .contains("tokens    3,200 read = 3,200 kept + 0 rejected");
    assertThat(ingest("counts", recorder.resolve("expert_distribution_recorder_1760000000.5.pt")))
        .contains("records   400 read = 400 kept + 0 rejected")
        .contains("tokens    3,200 read = 3,200 kept + 0 rejected");
    assertThat(ingest("trtllm", traces.resolve("tensorrt-llm/expert_statistic")))
        .contains("5 read (tensorrt-llm)")
        .contains("records   400 read = 400 kept + 0 rejected");
    assertThat(Coterie.run("analyze", "--lake", lake).ok().out())
        .contains("data set 'tokens' has blocks without request id: no requests in expert_load");
  }

  private String ingest(String dataset, Path path) {
    return Coterie.run(
            "ingest",
            "--lake",
            lake,
            "--model",
            "gpt-oss-20b",
            "--dataset",
            dataset,
            path.toString())
        .ok()
        .out();
  }

  private List<String> sql(String query) {
    var lines = Coterie.run("sql", "--lake", lake, query).ok().outLines();
    return lines.subList(2, lines.size()).stream().map(String::strip).toList();
  }

  private Coterie.Result plan(String dataset, String planner, String... more) {
    var command =
        new ArrayList<>(List.of("plan", "--lake", lake, "--model", "gpt-oss-20b", "--gpus", "8"));
    command.addAll(List.of("--slots-per-gpu", "5", "--datasets", dataset));
    command.addAll(List.of("--planner", planner, "--name", planner + "-on-" + dataset));
    command.addAll(List.of(more));
    return Coterie.run(command.toArray(String[]::new));
  }

  @Test
  void loadsFromCountsAreThoseFromTokens() {
    assertThat(
            sql(
                "SELECT dataset, basis, count(*) AS n, bit_xor(xxhash64(layer, expert, tokens,"
                    + " layer_tokens)) = (SELECT bit_xor(xxhash64(layer, expert, tokens,"
                    + " layer_tokens)) FROM expert_load WHERE dataset = 'tokens') AS same"
                    + " FROM expert_load WHERE dataset IN ('tokens', 'counts')"
                    + " GROUP BY ALL ORDER BY dataset DESC"))
        .satisfiesExactly(
            tokens -> assertThat(tokens).startsWith("tokens   tokens").endsWith("true"),
            counts -> assertThat(counts).startsWith("counts   counts").endsWith("true"));
  }

  @Test
  void passesKeepTheirNumberAndHaveNoRequest() {
    assertThat(
            sql("SELECT count(DISTINCT step) AS steps, count(request_id) AS requests FROM routing"))
        .containsExactly("400         0");
    assertThat(
            sql(
                "SELECT count(DISTINCT step) AS steps, count(DISTINCT rank) AS ranks FROM pass_load"
                    + " WHERE dataset = 'trtllm'"))
        .containsExactly("100      4");
  }

  /** The loads are equal, and the loads are all that EPLB looks at. */
  @Test
  void eplbPlansOnCountsAsOnTokens() {
    plan("tokens", "eplb").ok();
    var onCounts = plan("counts", "eplb", "--phase", "mixed").ok();
    assertThat(onCounts.out()).contains("no cost: data set 'counts' holds counts only");
    assertThat(
            sql(
                "SELECT count(DISTINCT slots) AS different FROM plan_layer WHERE plan IN"
                    + " ('eplb-on-tokens', 'eplb-on-counts') GROUP BY layer HAVING count(*) != 2"
                    + " OR count(DISTINCT slots) != 1"))
        .isEmpty();
  }

  @Test
  void whatNeedsSetsSaysWhatItMisses() {
    var refused = plan("counts", "local-search", "--phase", "mixed");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            """
            error: data set 'counts' holds counts only, and planner local-search must know which \
            experts act together
              ingest traces with the experts of each token; --planner eplb plans on counts
            """);
    assertThat(plan("counts", "eplb", "--replace").err())
        .contains("data set 'counts' has no decode tokens")
        .contains("give --phase, one of: mixed");
  }

  @Test
  void statisticsPerRequestAreRefusedByName() {
    assertThat(
            sql(
                "SELECT count(requests) AS requests, (SELECT count(*) FROM request_signature) AS"
                    + " signatures, count(*) > 0 AS loads FROM expert_load"))
        .containsExactly("0           0  true");
    assertThat(
            sql(
                "SELECT DISTINCT sampler, available, unavailable_reason FROM union_size ORDER BY"
                    + " sampler"))
        .containsExactly(
            "request  false      blocks without request id", "token    true       null");
  }
}
