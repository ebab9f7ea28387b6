package coterie.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lake in somebody else's Spark session: Iceberg's catalog, and our extension beside its own. */
class ExtensionTest {

  @Test
  void anySessionWithTheCatalogCanUnpackRouting(@TempDir Path folder) throws IOException {
    var lake = folder.resolve("lake");
    Coterie.ingestSample(lake.toString(), "monday", "2026-01-05");
    try (var spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,"
                    + "coterie.ingest.unpack.CoterieExtensions")
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "jdbc")
            .config("spark.sql.catalog.lake.uri", "jdbc:sqlite:" + lake.resolve("catalog.db"))
            .config("spark.sql.catalog.lake.warehouse", lake.resolve("warehouse").toString())
            .getOrCreate()) {
      var counts =
          spark
              .sql(
                  "SELECT count(*), count(DISTINCT layer), sum(size(experts)),"
                      + " (SELECT sum(tokens) FROM lake.moe.routing) FROM unpack_routing()")
              .collectAsList()
              .get(0);
      assertThat(counts.mkString(" ")).isEqualTo("338808 12 1355232 28234");
      assertThat(
              spark
                  .sql("SELECT * FROM unpack_routing('lake.moe') WHERE dataset = 'monday' LIMIT 3")
                  .collectAsList())
          .hasSize(3);
      assertThat(spark.sql("DESCRIBE FUNCTION unpack_block").collectAsList().toString())
          .contains("rows of a packed block");
      assertThatThrownBy(() -> spark.sql("SELECT * FROM unpack_routing('a', 'b')"))
          .hasMessageContaining("unpack_routing takes 0 to 1 arguments, 2 are given");
    }
  }
}
