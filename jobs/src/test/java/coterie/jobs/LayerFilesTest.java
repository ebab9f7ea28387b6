package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace that keeps a Parquet file for each layer is one source; Spark writes the files here. */
class LayerFilesTest {

  @TempDir private Path folder;

  /** Layers 1 and 3 of 4 are MoE, top-2 of 4; 2,000 tokens, token t calls t mod 4 and the next. */
  @Test
  void theFilesOfAFolderAreOneTrace() throws IOException {
    var spark = SparkSession.builder().master("local[1]").config("spark.ui.enabled", false);
    try (var session = spark.getOrCreate()) {
      writeLayer(session, 1, 0);
      writeLayer(session, 3, 1);
    }
    var model = folder.resolve("model.json");
    Files.writeString(
        model, "{\"hidden_layers\": 4, \"moe_layers\": [1, 3], \"experts\": 4, \"top_k\": 2}");
    var lake = folder.resolve("lake").toString();
    var receipt =
        Coterie.run(
                "ingest",
                "--lake",
                lake,
                "--model",
                "layers",
                "--model-file",
                model.toString(),
                "--dataset",
                "pretraining",
                "--phase",
                "prefill",
                folder.resolve("traces").toString())
            .ok();
    assertThat(receipt.out())
        .contains("1 read (parquet)")
        .contains("tokens    2,000 read = 2,000 kept + 0 rejected");
    Coterie.run("analyze", "--lake", lake).ok();
    // Of pairs (0,1), (1,2), (2,3), (0,3), each comes every fourth time in each layer.
    assertThat(
            Coterie.run(
                    "sql",
                    "--lake",
                    lake,
                    "SELECT layer, count(*) AS pairs, min(tokens) AS least, max(tokens) AS most"
                        + " FROM coactivation GROUP BY layer ORDER BY layer")
                .ok()
                .outLines())
        .endsWith("    1      4    500   500", "    3      4    500   500");
  }

  private void writeLayer(SparkSession spark, int layer, int shift) throws IOException {
    var written = folder.resolve("spark-" + layer);
    var first = functions.expr("cast((id + %d) %% 4 as smallint)".formatted(shift));
    var second = functions.expr("cast((id + %d) %% 4 as smallint)".formatted(shift + 1));
    spark
        .range(0, 2_000, 1, 1)
        .select(functions.array(first, second).as("indices"))
        .write()
        .parquet(written.toString());
    var target = folder.resolve("traces/iter_1/layer_%d.parquet".formatted(layer));
    Files.createDirectories(target.getParent());
    try (var files = Files.list(written)) {
      Files.move(
          files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow(),
          target);
    }
  }
}
