package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Days come, go and come again: the statistics are always those of counting everything at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatisticsTest {

  private static final List<String> TABLES =
      List.of(
          "expert_load",
          "coactivation",
          "expert_subset",
          "transition",
          "load_window",
          "expert_set",
          "request_signature",
          "union_size",
          "drift",
          "similarity");

  private String lake;
  private String atOnce;
  private Path traces;

  @BeforeAll
  void fillTheLakes(@TempDir Path folder) {
    lake = folder.resolve("lake").toString();
    atOnce = folder.resolve("at-once").toString();
    traces = folder.resolve("traces");
    Coterie.run(
            "generate",
            "--out",
            traces.toString(),
            "--requests",
            "24",
            "--layers",
            "3",
            "--experts",
            "16",
            "--top-k",
            "4",
            "--days",
            "2026-01-05,2026-01-06,2026-01-07")
        .ok();
    ingest(lake, "2026-01-05", "2026-01-06");
    assertThat(analyze(lake)).contains("counted 2 days of data sets, 0 unchanged, 0 gone");
    ingest(lake, "2026-01-07");
    assertThat(analyze(lake)).contains("counted 1 day of a data set, 2 unchanged, 0 gone");
    ingest(atOnce, "2026-01-05", "2026-01-06", "2026-01-07");
    analyze(atOnce);
  }

  private void ingest(String into, String... days) {
    for (String day : days) {
      Coterie.run(
              "ingest",
              "--lake",
              into,
              "--model",
              "synthetic",
              "--model-file",
              traces.resolve("model.json").toString(),
              "--dataset",
              "week",
              "--workload",
              "/(topic-[0-9]+)/",
              "--day",
              day,
              traces.resolve(day + ".jsonl.gz").toString())
          .ok();
    }
  }

  private static String analyze(String lake, String... more) {
    var command = new ArrayList<>(List.of("analyze", "--lake", lake, "--window-tokens", "1024"));
    command.addAll(List.of(more));
    return Coterie.run(command.toArray(String[]::new)).ok().out();
  }

  private static List<String> sql(String lake, String query) {
    var lines = Coterie.run("sql", "--lake", lake, query).ok().outLines();
    return lines.subList(2, lines.size()).stream().map(String::strip).toList();
  }

  /** Rows and a hash over all columns of all rows of each table, whatever their order. */
  private static List<String> contents(String lake) {
    var selects =
        TABLES.stream()
            .map(
                t ->
                    "SELECT '%1$s' AS name, count(*) AS n, sum(hash) AS hashes FROM (SELECT CAST(xxhash64(to_json(struct(*))) AS DECIMAL(38)) AS hash FROM %1$s)"
                        .formatted(t))
            .toList();
    return sql(lake, String.join(" UNION ALL ", selects) + " ORDER BY name");
  }

  @Test
  void aDayMoreLeavesTheStatisticsOfCountingAllAtOnce() {
    assertThat(contents(lake)).isEqualTo(contents(atOnce));
    assertThat(contents(lake)).hasSize(10).noneMatch(line -> line.contains(" 0 "));
  }

  @Test
  void countingAgainChangesNothing() {
    var before = contents(lake);
    assertThat(analyze(lake)).contains("nothing changed: all 3 days of data sets up to date");
    assertThat(analyze(lake, "--recount")).contains("counted 3 days of data sets");
    assertThat(contents(lake)).isEqualTo(before);
  }

  /** The file goes with all that came of it, and comes back with all of it. */
  @Test
  void aForgottenDayIsGoneAndComesBack() {
    var forget =
        Coterie.run(
            "forget",
            "--lake",
            lake,
            "--model",
            "synthetic",
            "--dataset",
            "week",
            "--source",
            traces.resolve("2026-01-07.jsonl.gz").toString());
    assertThat(forget.ok().out()).contains("forgot 24 records");
    assertThat(
            sql(
                lake,
                "SELECT count_if(day = DATE'2026-01-07') AS gone, count(DISTINCT day) AS days FROM"
                    + " union_size"))
        .containsExactly("0     2");
    assertThat(sql(lake, "SELECT DISTINCT left_day, right_day FROM drift WHERE kind = 'day'"))
        .containsExactly("2026-01-05  2026-01-06");
    ingest(lake, "2026-01-07");
    assertThat(analyze(lake)).contains("counted 1 day of a data set, 2 unchanged");
    assertThat(contents(lake)).isEqualTo(contents(atOnce));
  }

  /** Each is another way to add up the same tokens. */
  @Test
  void statisticsFitEachOther() {
    assertThat(
            number(
                "SELECT count(*) AS n FROM (SELECT layer, day, workload, expert, sum(tokens) AS n"
                    + " FROM load_window WHERE kind = 'tokens' GROUP BY ALL EXCEPT SELECT layer,"
                    + " day, workload, expert, tokens FROM expert_load)"))
        .isZero();
    assertThat(
            number(
                "SELECT count(*) AS n FROM (SELECT layer, day, workload, pos AS expert, sum(c) AS n,"
                    + " count(DISTINCT request_id) AS requests FROM request_signature LATERAL VIEW"
                    + " posexplode(counts) p AS pos, c WHERE c > 0 GROUP BY ALL EXCEPT SELECT"
                    + " layer, day, workload, expert, tokens, requests FROM expert_load)"))
        .isZero();
    assertThat(
            number(
                "SELECT count(*) AS n FROM (SELECT layer, day, workload, expert, sum(tokens) / 4 AS"
                    + " n FROM transition GROUP BY ALL EXCEPT SELECT layer, day, workload, expert,"
                    + " tokens FROM expert_load)"))
        .as("a token goes from each of its experts to 4")
        .isZero();
    assertThat(
            number(
                "SELECT count(*) AS n FROM (SELECT layer, day, workload, experts[0], experts[1],"
                    + " tokens FROM expert_subset WHERE size = 2 EXCEPT SELECT layer, day,"
                    + " workload, a, b, tokens FROM coactivation)"))
        .isZero();
  }

  @Test
  void subsetsAreThoseOfTheSets() {
    assertThat(
            number(
                "WITH counted AS (SELECT s.layer, s.day, s.workload, f.experts, sum(s.tokens) AS"
                    + " tokens, any_value(f.tokens) AS found FROM expert_subset f JOIN expert_set s"
                    + " ON f.layer = s.layer AND f.day = s.day AND f.workload = s.workload AND"
                    + " size(array_intersect(f.experts, s.experts)) = f.size GROUP BY ALL) SELECT"
                    + " count_if(tokens != found) AS n FROM counted"))
        .isZero();
    assertThat(number("SELECT max(size) AS n FROM expert_subset")).isEqualTo(4);
  }

  @Test
  void unionsOfTokensHaveTheMeanOfIndependence() {
    assertThat(
            number(
                "SELECT count_if(abs(mean - independence_null) > 5 * standard_error + 0.01) AS n"
                    + " FROM union_size WHERE sampler = 'token'"))
        .isZero();
    assertThat(
            sql(
                lake,
                "SELECT DISTINCT mean, standard_error, batches FROM union_size WHERE batch = 1 AND"
                    + " sampler = 'token'"))
        .containsExactly("4.0             0.0        0");
    assertThat(
            number(
                "SELECT count_if(available != (4 * batch <= requests) OR available != (mean IS NOT"
                    + " NULL)) AS n FROM union_size WHERE sampler = 'request'"))
        .isZero();
  }

  @Test
  void viewsMeasureAgainstIndependence() {
    assertThat(
            sql(
                lake,
                "SELECT count_if(abs(npmi) > 1.0000001 OR jaccard > 1 OR support > 1) AS wrong,"
                    + " count_if(lift > 1) > 0 AND count_if(lift < 1) > 0 AS both FROM coactivation_lift"))
        .containsExactly("0  true");
    assertThat(
            number(
                "SELECT count_if(t.tokens != c.tokens) AS n FROM coactivation_total t JOIN (SELECT"
                    + " layer, a, b, sum(tokens) AS tokens FROM coactivation GROUP BY ALL) c ON"
                    + " t.layer = c.layer AND t.a = c.a AND t.b = c.b"))
        .isZero();
    assertThat(number("SELECT count(*) AS n FROM similarity_matrix WHERE kind = 'workload'"))
        .isEqualTo(square(number("SELECT count(DISTINCT workload) AS n FROM expert_load")));
  }

  private static long square(long n) {
    return n * n;
  }

  /** Statistics of an older Coterie go, and are counted from the facts, which stay. */
  @Test
  void statisticsOfAnOlderVersionAreCountedAnew() {
    var before = contents(lake);
    makeOld("expert_load");
    makeOld("counted");
    assertThat(sql(lake, "SELECT count(*) AS n FROM expert_load")).containsExactly("0");
    assertThat(analyze(lake)).contains("counted 3 days of data sets");
    assertThat(contents(lake)).isEqualTo(before);
  }

  private void makeOld(String table) {
    Coterie.run(
            "sql",
            "--lake",
            lake,
            "ALTER TABLE %s SET TBLPROPERTIES ('coterie.schema-version' = '2')".formatted(table))
        .ok();
  }

  private long number(String query) {
    return Long.parseLong(sql(lake, query).get(0));
  }
}
