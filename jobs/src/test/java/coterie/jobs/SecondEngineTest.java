package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine that has nothing of ours, DuckDB, reads the Parquet files that Iceberg lists, counts
 * loads and pairs from the rows by itself, and comes to the numbers of the statistics.
 */
class SecondEngineTest {

  @Test
  void duckDbCountsTheSame(@TempDir Path folder) throws SQLException {
    var lake = folder.resolve("lake").toString();
    for (String day : new String[] {"2026-01-05", "2026-01-06"}) {
      Coterie.ingestSample(lake, "week", day, "--rows");
    }
    Coterie.run("analyze", "--lake", lake).ok();
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var questions = new Questions(lake)) {
      for (String table : new String[] {"activation", "routing", "expert_load", "coactivation"}) {
        view(duck, table, questions.ask("SELECT file_path FROM lake.moe." + table + ".files"));
      }
      var tables =
          List.of(
              "SELECT sum(tokens), count(DISTINCT request_id) FROM routing",
              "SELECT day, layer, expert, tokens FROM expert_load ORDER BY ALL",
              "SELECT day, phase, sum(tokens), max(layer_tokens) FROM coactivation GROUP BY ALL"
                  + " ORDER BY ALL");
      for (String question : tables) {
        assertThat(ask(duck, question)).isEqualTo(questions.ask(question)).isNotEmpty();
      }
      assertThat(
              ask(
                  duck,
                  "SELECT day, phase, layer, expert, count(*) FROM (SELECT day, phase, layer,"
                      + " unnest(experts) AS expert FROM activation) GROUP BY ALL ORDER BY ALL"))
          .isEqualTo(
              questions.ask(
                  "SELECT day, phase, layer, expert, tokens FROM expert_load ORDER BY ALL"));
      assertThat(
              ask(
                  duck,
                  "WITH calls AS (SELECT day, phase, layer, block, position, unnest(experts) AS e"
                      + " FROM activation) SELECT a.day, a.phase, a.layer, a.e, b.e, count(*) FROM"
                      + " calls a JOIN calls b USING (day, phase, layer, block, position)"
                      + " WHERE a.e < b.e GROUP BY ALL ORDER BY ALL"))
          .isEqualTo(
              questions.ask(
                  "SELECT day, phase, layer, a, b, tokens FROM coactivation ORDER BY ALL"));
    }
  }

  private static void view(Connection duck, String table, List<String> files) throws SQLException {
    assertThat(files).isNotEmpty();
    var list =
        files.stream()
            .map(file -> "'" + file.replaceFirst("^file:/+", "/") + "'")
            .collect(Collectors.joining(", "));
    try (var statement = duck.createStatement()) {
      statement.execute(
          "CREATE VIEW %s AS SELECT * FROM read_parquet([%s], hive_partitioning = false)"
              .formatted(table, list));
    }
  }

  private static List<String> ask(Connection duck, String question) throws SQLException {
    var rows = new ArrayList<String>();
    try (var statement = duck.createStatement();
        var found = statement.executeQuery(question)) {
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        var cells = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          cells.add(found.getString(i));
        }
        rows.add(String.join(" ", cells));
      }
    }
    return rows;
  }
}
