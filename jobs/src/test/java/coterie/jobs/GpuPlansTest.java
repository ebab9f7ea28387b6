package coterie.jobs;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import coterie.analytics.sql.SqlParameters;
import coterie.analytics.sql.SqlStatistics;
import coterie.analytics.sql.SubsetEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.CommandExecutionMode;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operator of every query of the statistics could run on a GPU: so says the RAPIDS
 * Accelerator, which needs none to explain a plan. Lines of its answer begin with what it makes of
 * an operator: {@code !} it cannot run, {@code @} it could but what is around it cannot, {@code ^}
 * it would run on the CPU in between.
 */
@Tag("rapids")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GpuPlansTest {

  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path folder) {
    lake = folder.resolve("lake").toString();
    Coterie.ingestSample(lake, "monday", "2026-01-05", "--rows");
  }

  @Test
  void everyQueryOfTheStatisticsIsEligible() throws Exception {
    try (var questions = new Questions(lake);
        var statistics = statistics(questions.spark())) {
      for (var query : queries(statistics).entrySet()) {
        requireEligible(query.getKey(), query.getValue());
      }
    }
  }

  /**
   * Of whole partitions, as {@code analyze} replaces what it counted before, and of new rows. What
   * is left to the CPU is one check: that no null goes into a column that takes none.
   */
  @Test
  void everyWriteOfTheStatisticsIsEligible() throws Exception {
    try (var questions = new Questions(lake);
        var statistics = statistics(questions.spark())) {
      for (var table : SqlStatistics.QUERIES) {
        statistics.of(table).createOrReplaceTempView("asked");
        var rows = "SELECT %s FROM asked".formatted(String.join(", ", table.schema().fieldNames()));
        for (String kind : List.of("REPLACE WHERE model = 'synthetic'", "")) {
          var write = "INSERT INTO %s %s %s".formatted(table.fullName(), kind, rows);
          var plan = explain(notRun(questions.spark(), write));
          requireEligible(write, withoutNullChecks(plan));
          assertThat(plan)
              .as(write)
              .containsPattern("\\*Exec <(OverwriteByExpressionExec|AppendDataExec)> will run");
        }
      }
    }
  }

  private static SqlStatistics statistics(SparkSession spark) {
    var parameters = new SqlParameters(5_000, 1, 0.05, 1_024, 20);
    return new SqlStatistics(
        spark, spark.table("activation"), spark.table("pass_load"), parameters);
  }

  private static String withoutNullChecks(String plan) {
    return plan.lines()
        .filter(line -> !line.strip().startsWith("^ <AssertNotNull> "))
        .collect(joining("\n"));
  }

  /** A command as Spark would plan it, without doing it. */
  private static Dataset<Row> notRun(SparkSession spark, String command) throws Exception {
    var state = ((org.apache.spark.sql.classic.SparkSession) spark).sessionState();
    var plan = state.executePlan(state.sqlParser().parsePlan(command), CommandExecutionMode.SKIP());
    return new org.apache.spark.sql.classic.Dataset<>(plan, Encoders.row(new StructType()));
  }

  private static Map<String, Dataset<Row>> queries(SqlStatistics statistics) {
    var queries = new java.util.LinkedHashMap<String, Dataset<Row>>();
    SqlStatistics.QUERIES.forEach(table -> queries.put(table.name(), statistics.of(table)));
    queries.put("expert_subset", statistics.subsets(SubsetEngine.LEVELS));
    queries.putAll(statistics.steps());
    assertThat(queries).hasSizeGreaterThan(SqlStatistics.QUERIES.size() + 2);
    return queries;
  }

  private static void requireEligible(String name, Dataset<Row> query) throws Exception {
    requireEligible(name, explain(query));
  }

  private static void requireEligible(String name, String plan) {
    var lines = plan.lines().map(String::strip).toList();
    assertThat(lines.stream().filter(line -> line.matches("[!@^].*")).toList()).as(name).isEmpty();
    assertThat(lines.stream().filter(line -> line.matches("\\*Exec .*will run on GPU.*")).toList())
        .as(name)
        .isNotEmpty();
  }

  /** A setting that the accelerator does not know would be silently of no use. */
  @Test
  void theSettingsToCopyAreKnown() throws Exception {
    var settings = new Properties();
    try (var in = Files.newBufferedReader(Coterie.root().resolve("jobs/deploy/gpu.conf"))) {
      settings.load(in);
    }
    String known;
    try (var in =
        Class.forName("com.nvidia.spark.rapids.RapidsConf$")
            .getResourceAsStream("RapidsConf$.class")) {
      known = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
    assertThat(settings.stringPropertyNames().stream().filter(key -> key.contains(".rapids.")))
        .hasSizeGreaterThan(5)
        .allMatch(known::contains);
  }

  /** The rule bites: what is typed runs on the CPU only. */
  @Test
  void aQueryThatIsNotEligibleIsToldApart() throws Exception {
    try (var questions = new Questions(lake)) {
      var lines = explain(questions.spark().sql("SELECT * FROM unpack_routing()"));
      assertThat(lines.lines().map(String::strip).filter(line -> line.matches("[!@^].*")).toList())
          .isNotEmpty();
    }
  }

  /** Not on the class path of the compiler: the profile brings it at run time. */
  private static String explain(Dataset<Row> query) throws Exception {
    var method =
        Arrays.stream(Class.forName("com.nvidia.spark.rapids.ExplainPlan").getMethods())
            .filter(found -> found.getName().equals("explainPotentialGpuPlan"))
            .findFirst()
            .orElseThrow();
    return (String) method.invoke(null, query, "ALL");
  }
}
