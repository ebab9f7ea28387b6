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
    Coterie.ingestSample(lake, "monday", "2026-01-05");
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
    var missing =
        "the RAPIDS Accelerator's jar is not on the class path (com.nvidia.spark.SQLPlugin);"
            + " spark.plugins does not name com.nvidia.spark.SQLPlugin";
    assertThat(refused.err())
        .startsWith("error: --compute gpu cannot run here: " + missing)
        .contains(
            "\n  run under spark-submit with the RAPIDS Accelerator: jobs/deploy/gpu.conf has");
    assertThat(refused.out()).isEmpty();
  }

  /** Then the next thing that is missing is told: by SQL no row can be counted that is not kept. */
  @Test
  void itFallsBackOnlyWhereThatIsAskedFor() {
    var asked = analyze("--compute", "gpu", "--fall-back");
    assertThat(asked.err())
        .startsWith("warning: no GPU is used, counting by sql: the RAPIDS Accelerator's jar")
        .contains("ingest --rows --dataset monday");
    assertThat(analyze("--compute", "sql", "--fall-back").err())
        .startsWith("error: --fall-back with --compute sql\n");
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
