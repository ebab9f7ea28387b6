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
}
