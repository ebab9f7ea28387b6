package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.analytics.AnalyzeSettings;
import coterie.analytics.Compute;
import coterie.analytics.sql.SqlParameters;
import coterie.analytics.sql.SqlStatistics;
import coterie.analytics.sql.SubsetEngine;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.LakeTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kernels over blocks and SQL over rows give the same statistics, and FP-growth of Spark MLlib the
 * same frequent subsets. Samples and windows are kept small, so that tokens are left out, windows
 * are many and some batches are not available.
 */
class TwoWaysTest {

  private static final Path SAMPLE = Coterie.root().resolve("data/sample");
  private static final AnalyzeSettings SETTINGS =
      new AnalyzeSettings(1_000, 3, 0.02, 1_024, 3, 5, 8);

  private static final int REQUESTS = 6;

  @TempDir private Path folder;

  @Test
  void onASampleOfTwoDays() throws IOException {
    var lake = folder.resolve("lake").toString();
    for (String day : new String[] {"2026-01-05", "2026-01-06"}) {
      ingest(
          lake,
          "synthetic",
          "--model-file",
          SAMPLE.resolve("model.json").toString(),
          firstRequests(SAMPLE.resolve(day + ".jsonl.gz")).toString());
    }
    requireBothWaysEqual(lake);
  }

  /** Models of 24 and of 16 layers, top-4 of 32 and top-8 of 64; decode alone, and prefill too. */
  @Test
  void onRealTraces() {
    var traces = RealTraces.gptOss20b();
    var lake = folder.resolve("lake").toString();
    ingest(
        lake,
        "gpt-oss-20b",
        "--workload",
        "/([a-z ]+)/",
        "--day",
        "2026-01-05",
        traces.resolve("vllm/tulu3_persona_if.jsonl.gz").toString());
    ingest(
        lake,
        "gpt-oss-20b",
        "--day",
        "2026-01-06",
        traces.resolve("sglang/Polyglot-or-Not_Fact-Completion.jsonl.gz").toString());
    ingest(lake, "olmoe-1b-7b", traces.resolveSibling("small/olmoe-1b-7b.npz").toString());
    requireBothWaysEqual(lake);
  }

  /** Plain SQL is the readable way, not the quick one. */
  private Path firstRequests(Path file) throws IOException {
    var few = folder.resolve(file.getFileName().toString().replace(".gz", ""));
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      Files.write(few, lines.lines().limit(REQUESTS).toList());
    }
    return few;
  }

  private static void ingest(String lake, String model, String... more) {
    var command =
        new ArrayList<>(
            List.of("ingest", "--lake", lake, "--model", model, "--dataset", "chat", "--rows"));
    command.addAll(List.of(more));
    Coterie.run(command.toArray(String[]::new)).ok();
  }

  private static void requireBothWaysEqual(String lake) {
    try (var questions = new Questions(lake)) {
      var spark = questions.spark();
      new Analysis(spark).run(request());
      var kernels = contents(spark);
      new Analysis(spark, Compute.sql(SubsetEngine.LEVELS)).run(request());
      var sql = contents(spark);
      assertThat(sql).isEqualTo(kernels);
      assertThat(kernels)
          .allSatisfy((table, content) -> assertThat(content).doesNotStartWith("0 "));
      requireSubsetsOfMllib(questions);
    }
  }

  /** A layer of each model after its first: MLlib takes about a second a leaf and layer. */
  private static void requireSubsetsOfMllib(Questions questions) {
    var spark = questions.spark();
    var parameters =
        new SqlParameters(
            SETTINGS.sampleTokens(),
            SETTINGS.seed(),
            SETTINGS.minSupport(),
            SETTINGS.windowTokens(),
            SETTINGS.batches());
    var columns =
        "model, dataset, day, workload, phase, layer, layer_tokens, size, experts, tokens,"
            + " min_tokens, round(support, 9) AS support, round(lift, 6) AS lift";
    var layers = "layer IN (0, 7)";
    try (var statistics =
        new SqlStatistics(
            spark, spark.table("activation").where(layers), spark.table("pass_load"), parameters)) {
      statistics.subsets(SubsetEngine.MLLIB).createOrReplaceTempView("of_mllib");
      var mllib = questions.ask("SELECT " + columns + " FROM of_mllib ORDER BY ALL");
      var ours =
          questions.ask(
              "SELECT " + columns + " FROM expert_subset WHERE " + layers + " ORDER BY ALL");
      assertThat(mllib).isNotEmpty().isEqualTo(ours);
      assertThat(ours).anyMatch(row -> row.contains(" 3 "));
    }
  }

  private static AnalyzeRequest request() {
    return new AnalyzeRequest(Optional.empty(), List.of(), Optional.of(SETTINGS), true);
  }

  private static Map<String, String> contents(SparkSession spark) {
    var contents = new LinkedHashMap<String, String>();
    for (LakeTable table : StatisticsTables.OF_DAYS) {
      contents.put(table.name(), content(spark, table));
    }
    return contents;
  }

  /** Rows and a hash of all of their columns; floating-point numbers to nine digits. */
  private static String content(SparkSession spark, LakeTable table) {
    var columns =
        Arrays.stream(table.schema().fields())
            .map(
                field ->
                    field.dataType().equals(DataTypes.DoubleType)
                        ? "format_number(%s, '0.########E0')".formatted(field.name())
                        : field.name())
            .map(column -> "coalesce(to_json(struct(%s)), '')".formatted(column + " AS c"))
            .collect(Collectors.joining(", "));
    Row row =
        spark
            .sql(
                "SELECT count(*), sum(xxhash64(%s) %% 1000000007) FROM %s"
                    .formatted(columns, table.fullName()))
            .collectAsList()
            .get(0);
    return row.mkString(" ");
  }
}
