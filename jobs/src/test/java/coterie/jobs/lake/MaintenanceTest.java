package coterie.jobs.lake;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {

  @TempDir private Path folder;

  /** A killed ingest leaves a branch; a young one may belong to an ingest that is at work. */
  @Test
  void branchesOfKilledCommandsGoAfterSomeDays() throws Exception {
    var table = ModelTable.TABLE;
    try (var lake = Lake.openOrCreate(folder.toString(), Optional.of("local[1]"), List.of(table))) {
      var spark = lake.spark();
      var model = new ModelGeometry("m", "main", 1, List.of(0), 2, 1, 0, null, 1);
      spark
          .createDataFrame(List.of(ModelTable.toRow(model)), table.schema())
          .writeTo(table.fullName())
          .append();
      for (String branch : List.of("ingest_1", "audit")) {
        spark.sql("ALTER TABLE %s CREATE BRANCH %s".formatted(table.fullName(), branch));
      }
      assertThat(new Maintenance(spark, Instant.now()).dropLeftBranches(table)).isZero();
      var later = Instant.now().plus(Duration.ofDays(Maintenance.ORPHAN_DAYS + 1));
      assertThat(new Maintenance(spark, later).dropLeftBranches(table)).isEqualTo(1);
      assertThat(branches(spark)).containsExactly("audit", "main");
    }
  }

  private static List<String> branches(SparkSession spark) {
    return spark
        .sql("SELECT name FROM %s.refs ORDER BY name".formatted(ModelTable.TABLE.fullName()))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
