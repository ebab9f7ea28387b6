package coterie.jobs.simulate;

import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/** Writes verdicts to {@code replay}. */
public final class ReplayStore {

  private final SparkSession spark;

  public ReplayStore(SparkSession spark) {
    this.spark = spark;
  }

  /** Appends the verdicts of one simulation. */
  public void append(
      SimulateRequest request, List<LayerVerdict> verdicts, List<String> notHeldOut) {
    append(UUID.randomUUID().toString(), request, verdicts, notHeldOut);
  }

  /**
   * Puts the verdicts of a simulation in the place of those that it gave before.
   *
   * @param run its name, letters, digits, '.', '_' and '-'
   */
  public void replace(
      String run, SimulateRequest request, List<LayerVerdict> verdicts, List<String> notHeldOut) {
    var table = ReplayTable.TABLE.fullName();
    if (holds(run)) {
      spark.sql("DELETE FROM %s WHERE run = :run".formatted(table), Map.of("run", run));
    }
    append(run, request, verdicts, notHeldOut);
  }

  /** True if the verdicts of this simulation are there. */
  public boolean holds(String run) {
    return !spark.table(ReplayTable.TABLE.fullName()).where(col("run").equalTo(run)).isEmpty();
  }

  private void append(
      String run, SimulateRequest request, List<LayerVerdict> verdicts, List<String> notHeldOut) {
    var now = Instant.now();
    var rows =
        verdicts.stream()
            .map(verdict -> row(run, now, request, verdict, !notHeldOut.contains(verdict.plan())))
            .toList();
    try {
      spark
          .createDataFrame(rows, ReplayTable.TABLE.schema())
          .coalesce(1)
          .writeTo(ReplayTable.TABLE.fullName())
          .append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static Row row(
      String run, Instant now, SimulateRequest request, LayerVerdict verdict, boolean heldOut) {
    var data = request.data();
    return RowFactory.create(
        run,
        now,
        verdict.plan(),
        data.model().name(),
        data.model().revision(),
        data.datasets().toArray(),
        data.phase(),
        heldOut,
        "token",
        request.seed(),
        request.hardware().name(),
        verdict.layer(),
        verdict.batch(),
        verdict.router(),
        verdict.experts(),
        verdict.standardError(),
        verdict.certificate(),
        verdict.imbalance(),
        Double.isNaN(verdict.moeSeconds()) ? null : verdict.moeSeconds(),
        verdict.steps());
  }
}
