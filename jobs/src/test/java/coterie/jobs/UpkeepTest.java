package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Days, workloads, strictness, forgetting and upkeep of one lake, on the bundled sample. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpkeepTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private String lake;

  /** Two days of five requests each: traces/2026-01-0{5,6}/part.jsonl. */
  @BeforeAll
  void writeTraces(@TempDir Path temporary) throws IOException {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    for (String day : List.of("2026-01-05", "2026-01-06")) {
      var file = folder.resolve("traces").resolve(day).resolve("part.jsonl");
      Files.createDirectories(file.getParent());
      Files.write(file, lines(day, 5));
    }
  }

  private static List<String> lines(String day, int count) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(SAMPLE.resolve(day + ".jsonl.gz")))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(count).toList();
    }
  }

  private Coterie.Result ingest(String dataset, String... more) {
    var command =
        new ArrayList<>(
            List.of("ingest", "--lake", lake, "--model", "synthetic", "--dataset", dataset));
    command.addAll(List.of("--model-file", SAMPLE.resolve("model.json").toString()));
    command.addAll(List.of(more));
    return Coterie.run(command.toArray(String[]::new));
  }

  private Coterie.Result forget(String... conditions) {
    var command =
        new ArrayList<>(
            List.of("forget", "--lake", lake, "--model", "synthetic", "--dataset", "chat"));
    command.addAll(List.of(conditions));
    return Coterie.run(command.toArray(String[]::new));
  }

  private List<String> sql(String query) {
    var lines = Coterie.run("sql", "--lake", lake, query).ok().outLines();
    return lines.subList(2, lines.size()).stream().map(String::strip).toList();
  }

  @Test
  @Order(1)
  void thePathSaysTheDayAndTheRequestItsWorkload() {
    var receipt =
        ingest(
                "chat",
                "--day",
                "traces/(\\d{4}-\\d{2}-\\d{2})/",
                "--workload",
                "^([^/]+/[^/]+)/",
                folder.resolve("traces").toString())
            .ok();
    assertThat(receipt.out()).contains("records   10 read = 10 kept + 0 rejected");
    assertThat(
            sql("SELECT day, count(DISTINCT request_id) AS n FROM routing GROUP BY day ORDER BY 1"))
        .containsExactly("2026-01-05  5", "2026-01-06  5");
    assertThat(
            sql(
                "SELECT count(*) AS n FROM routing WHERE workload IS NULL"
                    + " OR substr(request_id, 1, length(workload)) != workload"))
        .containsExactly("0");
  }

  @Test
  @Order(2)
  void aRuleThatFindsNothingSaysSo() {
    assertThat(ingest("x", "--day", "week-(\\d+)", folder.resolve("traces").toString()).err())
        .startsWith("error: --day 'week-(\\d+)' finds nothing in '");
    assertThat(ingest("x", "--day", "yesterday", folder.resolve("traces").toString()).exitCode())
        .isEqualTo(2);
    assertThat(
            ingest(
                    "nothing",
                    "--workload",
                    "tenant",
                    folder.resolve("traces/2026-01-05").toString())
                .ok()
                .out())
        .contains("5 records without a workload: --workload finds none");
  }

  @Test
  @Order(3)
  void strictStopsAtTheFirstBadRecordAndLeavesTheLakeAsItWas() throws IOException {
    var bad = folder.resolve("bad.jsonl");
    var lines = new ArrayList<>(lines("2026-01-05", 4));
    lines.add(2, "{\"choices\": [{}]}");
    Files.write(bad, lines);
    var before = sql("SELECT count(*) AS n FROM lake.moe.routing.snapshots");
    var refused = ingest("strict", "--strict", bad.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("error: ")
        .contains("/bad.jsonl, record 3: no routed experts (choices[0] has no routed_experts)")
        .contains("the lake is as it was");
    assertThat(sql("SELECT count(*) AS n FROM lake.moe.routing.snapshots")).isEqualTo(before);
    assertThat(sql("SELECT count(*) AS n FROM source WHERE dataset = 'strict'"))
        .containsExactly("0");
    assertThat(ingest("strict", bad.toString()).ok().out()).contains("4 kept + 1 rejected");
  }

  @Test
  @Order(4)
  void aForgottenRequestLeavesFactsStatisticsAndAccount() {
    Coterie.run("analyze", "--lake", lake).ok();
    var request = sql("SELECT min(request_id) AS r FROM routing WHERE dataset = 'chat'").get(0);
    long tokens =
        number(
            "SELECT sum(tokens) AS n FROM routing WHERE dataset = 'chat' AND request_id = '%s'",
            request);
    long loads = number("SELECT sum(tokens) AS n FROM expert_load WHERE dataset = 'chat'");
    assertThat(forget("--request", request).ok().out())
        .contains("forgot 1 records with %,d tokens of 1 files".formatted(tokens))
        .contains("do not bring them back");
    assertThat(
            sql(
                "SELECT count(*) AS n FROM routing WHERE dataset = 'chat' AND request_id = '"
                    + request
                    + "'"))
        .containsExactly("0");
    // 12 layers, top-4.
    assertThat(number("SELECT sum(tokens) AS n FROM expert_load WHERE dataset = 'chat'"))
        .isEqualTo(loads - tokens * 12 * 4);
    assertThat(
            sql(
                "SELECT records_read, records_kept, records_forgotten, tokens_read = tokens_kept"
                    + " + tokens_rejected + tokens_forgotten AS adds_up FROM source"
                    + " WHERE dataset = 'chat' AND tokens_forgotten > 0"))
        .containsExactly("5             4                  1  true");
    assertThat(
            ingest("chat", "--day", "(\\d{4}-\\d{2}-\\d{2})", folder.resolve("traces").toString())
                .ok()
                .out())
        .contains("0 read, 2 already there");
  }

  @Test
  @Order(5)
  void aForgottenDayLeavesNoStatisticsBehind() {
    assertThat(forget("--day", "2026-01-06").ok().out()).contains("forgot 5 records");
    assertThat(sql("SELECT DISTINCT day FROM expert_load WHERE dataset = 'chat'"))
        .containsExactly("2026-01-05");
    assertThat(forget("--day", "2026-01-06").err())
        .startsWith("error: nothing to forget: no facts of synthetic in data set 'chat' meet");
  }

  @Test
  @Order(6)
  void aForgottenFileMayComeBack() {
    assertThat(forget("--source", "2026-01-05/part.jsonl").ok().out())
        .contains("forgot 4 records")
        .contains("may be ingested again");
    assertThat(number("SELECT count(*) AS n FROM expert_load WHERE dataset = 'chat'")).isZero();
    assertThat(
            ingest("chat", "--day", "2026-01-05", folder.resolve("traces/2026-01-05").toString())
                .ok()
                .out())
        .contains("records   5 read = 5 kept");
  }

  @Test
  @Order(7)
  void forgettingNeedsACondition() {
    assertThat(forget().exitCode()).isEqualTo(2);
    assertThat(forget("--all", "--request", "r").exitCode()).isEqualTo(2);
  }

  @Test
  @Order(8)
  void upkeepChangesFilesAndNotWhatTheTablesSay() throws IOException {
    var facts = contents();
    var orphan = folder.resolve("lake/warehouse/moe/routing/data/orphan.parquet");
    Files.writeString(orphan, "left by a killed command");
    Files.setLastModifiedTime(orphan, FileTime.from(Instant.now().minus(Duration.ofDays(10))));
    var receipt = Coterie.run("maintain", "--lake", lake, "--keep-days", "0").ok();
    assertThat(receipt.out()).contains("snapshots expired");
    assertThat(contents()).isEqualTo(facts);
    assertThat(orphan).doesNotExist();
    assertThat(sql("SELECT count(*) AS n FROM lake.moe.routing.snapshots")).containsExactly("1");
  }

  private List<String> contents() {
    var all = new ArrayList<String>();
    for (String table : List.of("routing", "source", "issue", "expert_load", "expert_set")) {
      all.addAll(
          sql("SELECT count(*) AS n, bit_xor(xxhash64(to_json(struct(*)))) AS h FROM " + table));
    }
    return all;
  }

  private long number(String query, Object... values) {
    var text = sql(query.formatted(values)).get(0);
    return text.equals("NULL") || text.equals("null") ? 0 : Long.parseLong(text);
  }
}
