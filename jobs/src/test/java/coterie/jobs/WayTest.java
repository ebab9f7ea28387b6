package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other on the bundled sample, in one lake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WayTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");

  private Path folder;
  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path temporary) {
    folder = temporary;
    lake = folder.resolve("lake").toString();
    ingest("2026-01-05.jsonl.gz", "monday").ok();
    ingest("2026-01-06.jsonl.gz", "tuesday").ok();
    Coterie.run("analyze", "--lake", lake).ok();
  }

  private Coterie.Result ingest(String file, String dataset) {
    return Coterie.run(
        "ingest",
        "--lake",
        lake,
        "--model",
        "synthetic",
        "--dataset",
        dataset,
        "--model-file",
        SAMPLE.resolve("model.json").toString(),
        SAMPLE.resolve(file).toString());
  }

  private Coterie.Result sql(String query) {
    return Coterie.run("sql", "--lake", lake, query).ok();
  }

  private Coterie.Result plan(String name, String planner, int slots, String... more) {
    var command =
        new ArrayList<>(
            List.of(
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
                "" + slots,
                "--planner",
                planner,
                "--name",
                name,
                "--steps",
                "300",
                "--proposals",
                "2000"));
    command.addAll(List.of(more));
    return Coterie.run(command.toArray(String[]::new));
  }

  @Test
  @Order(1)
  void theSameFileAgainChangesNothingAndSaysSo() {
    var before = sql("SELECT count(*), sum(tokens) FROM routing").out();
    var again = ingest("2026-01-05.jsonl.gz", "monday").ok();
    assertThat(again.out()).contains("0 read, 1 already there");
    assertThat(sql("SELECT count(*), sum(tokens) FROM routing").out()).isEqualTo(before);
  }

  @Test
  @Order(2)
  void everyRecordAndTokenIsAccountedFor() {
    assertThat(
            sql("SELECT dataset, records_read, records_kept + records_rejected AS r,"
                    + " tokens_read, tokens_kept + tokens_rejected AS t"
                    + " FROM source ORDER BY dataset")
                .outLines())
        .containsExactly(
            "dataset  records_read    r  tokens_read      t",
            "-".repeat(46),
            "monday            250  250        28234  28234",
            "tuesday           250  250        31149  31149");
  }

  @Test
  @Order(3)
  void loadsAddUpToTokensTimesTopK() {
    assertThat(
            sql("SELECT count(*) AS wrong FROM (SELECT layer, phase, dataset, sum(tokens) AS called,"
                    + " max(layer_tokens) AS n FROM expert_load GROUP BY ALL)"
                    + " WHERE called <> 4 * n")
                .outLines())
        .endsWith("    0");
  }

  /** With top-4 every token has six pairs; each pair counts in the load of either expert. */
  @Test
  @Order(4)
  void pairsAddUpToSixPerToken() {
    assertThat(
            sql("SELECT count(*) AS wrong FROM (SELECT layer, phase, dataset, sum(tokens) AS met,"
                    + " max(layer_tokens) AS n FROM coactivation GROUP BY ALL)"
                    + " WHERE met <> 6 * n")
                .outLines())
        .endsWith("    0");
  }

  /** All tokens fit the sample, so pairs can be counted a second time, from the sets. */
  @Test
  @Order(5)
  void setsGiveTheSamePairs() {
    assertThat(
            sql("WITH from_sets AS (SELECT layer, phase, dataset, a, b, sum(tokens) AS met FROM"
                    + " (SELECT layer, phase, dataset, experts, a, tokens FROM expert_set"
                    + " LATERAL VIEW explode(experts) AS a) LATERAL VIEW explode(experts) AS b"
                    + " WHERE a < b GROUP BY ALL)"
                    + " SELECT count(*) AS wrong FROM coactivation c FULL OUTER JOIN from_sets s"
                    + " USING (layer, phase, dataset, a, b)"
                    + " WHERE NOT c.tokens <=> s.met")
                .outLines())
        .endsWith("    0");
  }

  @Test
  @Order(6)
  void plansAreMadeByEveryPlanner() {
    for (String planner :
        new String[] {"contiguous", "round-robin", "random", "eplb", "local-search"}) {
      var made = plan(planner, planner, 5).ok();
      assertThat(made.out())
          .contains(
              "plan '%s': %s for synthetic on 8 GPUs x 5 slots (8 spare)"
                  .formatted(planner, planner));
    }
    assertThat(
            sql("SELECT count(DISTINCT plan) AS plans, count(*) AS layers FROM plan_layer").out())
        .contains("    5      60");
  }

  @Test
  @Order(7)
  void aPlanIsReplacedOnlyWhenAsked() {
    var refused = plan("eplb", "eplb", 4);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            """
            error: the lake has a plan 'eplb' already
              give another --name, or --replace
            """);
    plan("eplb", "eplb", 4, "--replace").ok();
    assertThat(sql("SELECT slots_per_gpu FROM plan WHERE plan = 'eplb'").out()).contains("4");
    assertThat(sql("SELECT count(*) AS n FROM plan_layer WHERE plan = 'eplb'").outLines())
        .endsWith("12");
  }

  @Test
  @Order(8)
  void plansAreJudgedOnOtherRequests() {
    var verdict =
        Coterie.run(
                "simulate",
                "--lake",
                lake,
                "--plans",
                "eplb,random,local-search",
                "--datasets",
                "tuesday",
                "--steps",
                "2000")
            .ok();
    assertThat(verdict.err()).isEmpty();
    assertThat(verdict.out()).contains("gain: fewer distinct experts than plan 'eplb'");
    assertThat(
            sql("SELECT count(*) AS n, count(DISTINCT router) AS routers, bool_and(held_out) AS h,"
                    + " bool_and(experts >= certificate - 1e-9) AS proven FROM replay")
                .out())
        .contains("216        2  true  true");
  }

  /** The joint search must beat both EPLB and chance where it matters, on requests it never saw. */
  @Test
  @Order(9)
  void localSearchWinsUnderExactRouting() {
    assertThat(
            sql("SELECT count(*) AS wins FROM (SELECT batch, plan, avg(experts) AS cost FROM replay"
                    + " WHERE router = 'exact' GROUP BY ALL) l JOIN (SELECT batch, plan,"
                    + " avg(experts) AS cost FROM replay WHERE router = 'exact' GROUP BY ALL) o"
                    + " ON l.batch = o.batch AND l.plan = 'local-search' AND o.plan <> l.plan"
                    + " WHERE l.cost < o.cost")
                .outLines())
        .endsWith("   6");
  }

  @Test
  @Order(10)
  void judgingOnThePlanningDataWarns() {
    var inSample =
        Coterie.run(
            "simulate", "--lake", lake, "--plans", "eplb", "--datasets", "monday", "--batch", "1");
    assertThat(inSample.exitCode()).isEqualTo(1);
    assertThat(inSample.out()).contains("exact");
    assertThat(inSample.err())
        .isEqualTo(
            """
            warning: plan 'eplb' is judged on what it was made from: data set monday
              its gain is not held out; judge on --datasets it has not seen, or say --in-sample
            """);
    Coterie.run(
            "simulate",
            "--lake",
            lake,
            "--plans",
            "eplb",
            "--datasets",
            "monday",
            "--batch",
            "1",
            "--in-sample")
        .ok();
  }

  @Test
  @Order(11)
  void theSameTraceUnderAnotherNameIsNotHeldOut() {
    ingest("2026-01-05.jsonl.gz", "copy").ok();
    Coterie.run("analyze", "--lake", lake, "--datasets", "copy").ok();
    var copy =
        Coterie.run(
            "simulate", "--lake", lake, "--plans", "eplb", "--datasets", "copy", "--batch", "1");
    assertThat(copy.exitCode()).isEqualTo(1);
    assertThat(copy.err()).contains("250 identical blocks under another data set name");
  }

  @Test
  @Order(12)
  void exportsToSglang() throws IOException {
    var file = folder.resolve("plan.json");
    var exported =
        Coterie.run(
                "export",
                "--lake",
                lake,
                "--plan",
                "local-search",
                "--format",
                "sglang",
                "--out",
                file.toString())
            .ok();
    assertThat(exported.out()).contains("--ep-num-redundant-experts 8");
    var rows = SglangFile.read(Files.readString(file));
    assertThat(rows).hasSize(12).allSatisfy(row -> SglangFile.requireSound(row, 8, 32));
  }

  /**
   * Same seed: two runs, one and two threads. The planner's random numbers hang on nothing else.
   */
  @Test
  @Order(13)
  void theSameSeedGivesTheSameFile() throws IOException {
    var files = new HashSet<String>();
    for (String master : new String[] {"local[1]", "local[2]", "local[2]"}) {
      plan("same", "local-search", 5, "--replace", "--master", master).ok();
      var file = folder.resolve("same.json");
      Coterie.run(
              "export",
              "--lake",
              lake,
              "--plan",
              "same",
              "--format",
              "sglang",
              "--out",
              file.toString())
          .ok();
      files.add(Files.readString(file));
    }
    assertThat(files).hasSize(1);
    plan("other", "local-search", 5, "--seed", "2").ok();
    var other = folder.resolve("other.json");
    Coterie.run(
            "export",
            "--lake",
            lake,
            "--plan",
            "other",
            "--format",
            "sglang",
            "--out",
            other.toString())
        .ok();
    assertThat(files).doesNotContain(Files.readString(other));
  }

  /** A day's file that grew replaces its own blocks and nobody else's. */
  @Test
  @Order(14)
  void aChangedFileReplacesItself() throws IOException {
    var file = folder.resolve("growing.jsonl");
    var lines = sampleLines(3);
    Files.writeString(file, lines.get(0) + "\n" + lines.get(1) + "\n");
    ingestGrowing(file).ok();
    var one = tokensOf("growing");
    Files.writeString(file, String.join("\n", lines) + "\n");
    assertThat(ingestGrowing(file).ok().out())
        .contains("1 read (vllm), 0 already there, 1 replaced");
    assertThat(tokensOf("growing")).isGreaterThan(one);
    assertThat(sql("SELECT records_kept FROM source WHERE dataset = 'growing'").outLines())
        .endsWith("           3");
    assertThat(
            sql("SELECT count(DISTINCT request_id) AS n FROM routing WHERE dataset = 'growing'")
                .outLines())
        .endsWith("3");
  }

  private Coterie.Result ingestGrowing(Path file) {
    return Coterie.run(
        "ingest", "--lake", lake, "--model", "synthetic", "--dataset", "growing", file.toString());
  }

  private long tokensOf(String dataset) {
    var lines =
        sql("SELECT sum(tokens) AS n FROM routing WHERE dataset = '%s'".formatted(dataset))
            .outLines();
    return Long.parseLong(lines.get(lines.size() - 1).strip());
  }

  private static List<String> sampleLines(int count) throws IOException {
    try (var in =
        new GZIPInputStream(Files.newInputStream(SAMPLE.resolve("2026-01-05.jsonl.gz")))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().limit(count).toList();
    }
  }

  @Test
  @Order(15)
  void badRecordsAreCountedSampledAndLeaveTheRest() throws IOException {
    var file = folder.resolve("bad.jsonl");
    Files.writeString(
        file,
        sampleLines(1).get(0)
            + "\n{\"choices\": \n{\"id\": \"x\", \"choices\": [{\"text\": 1}]}\n");
    var receipt =
        Coterie.run(
                "ingest",
                "--lake",
                lake,
                "--model",
                "synthetic",
                "--dataset",
                "bad",
                file.toString())
            .ok();
    assertThat(receipt.out())
        .contains("records   3 read = 1 kept + 2 rejected")
        .contains("rejected 1 record: cannot be parsed (bad.jsonl, record 2: Unexpected end")
        .contains("rejected 1 record: no routed experts (bad.jsonl, record 3: choices[0]");
    assertThat(
            sql("SELECT i.reason, i.rejected, i.samples[0].record AS record FROM issue i"
                    + " JOIN source s USING (source_id) WHERE s.dataset = 'bad' ORDER BY 1")
                .out())
        .contains("malformed          1       2")
        .contains("no-routing         1       3");
  }

  @Test
  @Order(16)
  void newTracesMakeStatisticsStale() throws IOException {
    var file = folder.resolve("late.jsonl");
    Files.writeString(file, sampleLines(2).get(1) + "\n");
    Coterie.run(
            "ingest",
            "--lake",
            lake,
            "--model",
            "synthetic",
            "--dataset",
            "monday",
            file.toString())
        .ok();
    assertThat(plan("late", "eplb", 4).ok().err())
        .startsWith("warning: data set 'monday' has ")
        .contains("coterie analyze counts anew");
  }
}
