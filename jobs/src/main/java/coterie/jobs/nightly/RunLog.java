package coterie.jobs.nightly;

import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Writes table {@code run} as stages end, and reads what earlier runs of a night came to. */
final class RunLog {

  private final SparkSession spark;
  private final String run;
  private final String name;

  RunLog(SparkSession spark, String run, String name) {
    this.spark = spark;
    this.run = run;
    this.name = name;
  }

  /**
   * Writes the row of a stage.
   *
   * @param inputs null for stages that no plan depends on
   */
  void write(LocalDate night, StageReport stage, String inputs) {
    var row =
        RowFactory.create(
            run,
            name,
            night,
            stage.stage(),
            stage.status().label(),
            stage.started(),
            stage.ended(),
            stage.rows(),
            stage.decision(),
            inputs);
    try {
      spark
          .createDataFrame(List.of(row), NightlyTables.RUN.schema())
          .coalesce(1)
          .writeTo(NightlyTables.RUN.fullName())
          .append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /** What a stage came to the last time that it ended well with the same inputs. */
  Optional<String> decision(LocalDate night, String stage, String inputs) {
    return spark
        .table(NightlyTables.RUN.fullName())
        .where(
            col("name")
                .equalTo(name)
                .and(col("night").equalTo(night))
                .and(col("stage").equalTo(stage))
                .and(col("inputs").equalTo(inputs))
                .and(col("status").notEqual(StageReport.Status.FAILED.label())))
        .orderBy(col("ended_at").desc())
        .limit(1)
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs("decision"))
        .findFirst();
  }
}
