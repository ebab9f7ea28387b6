package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@code analyze --compute} asks for before it counts anything. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComputeTest {

  private String lake;

  @BeforeAll
  void fillTheLake(@TempDir Path folder) {
    lake = folder.resolve("lake").toString();
    var sample = Coterie.root().resolve("data/sample");
    Coterie.run(
            "ingest",
            "--lake",
            lake,
            "--model",
            "synthetic",
            "--model-file",
            sample.resolve("model.json").toString(),
            "--dataset",
            "monday",
            sample.resolve("2026-01-05.jsonl.gz").toString())
        .ok();
  }

  private Coterie.Result analyze(String... more) {
    var command = new ArrayList<>(List.of("analyze", "--lake", lake));
    command.addAll(List.of(more));
    return Coterie.run(command.toArray(String[]::new));
  }

  @Test
  void aGpuSessionNamesAllThatItLacks() {
    var refused = analyze("--compute", "gpu");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err().lines())
        .containsExactly(
            "error: --compute gpu cannot run here: the RAPIDS Accelerator's jar is not on the class"
                + " path (com.nvidia.spark.SQLPlugin); spark.plugins does not name"
                + " com.nvidia.spark.SQLPlugin",
            "  run under spark-submit with the RAPIDS Accelerator, SUBMIT_OPTS=\"--jars"
                + " rapids-4-spark_2.13-VERSION.jar --conf"
                + " spark.plugins=com.nvidia.spark.SQLPlugin --conf"
                + " spark.executor.resource.gpu.amount=1\"; --compute sql gives the same numbers");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void sqlNeedsTheRows() {
    var refused = analyze("--compute", "sql");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("monday").contains("ingest --rows --dataset monday");
  }

  @Test
  void anEngineOfSubsetsIsForSqlOnly() {
    assertThat(analyze("--subset-engine", "mllib").err())
        .startsWith("error: --subset-engine mllib with --compute kernel\n");
    assertThat(analyze("--compute", "sql", "--subset-engine", "eclat").err())
        .contains("unknown --subset-engine 'eclat'");
    assertThat(analyze("--compute", "tpu").err()).contains("unknown --compute 'tpu'");
  }
}
