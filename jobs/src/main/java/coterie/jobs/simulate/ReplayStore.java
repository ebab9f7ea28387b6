package coterie.jobs.simulate;

import java.time.Instant;
import java.util.List;
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
    var run = UUID.randomUUID().toString();
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
