package coterie.analytics.kernel;

import java.io.Serializable;
import java.time.LocalDate;
import org.apache.spark.sql.Row;

/**
 * What a statistic is keyed by, but for the layer.
 *
 * @param workload null if the traces have none
 * @param day null if the traces name none
 */
public record Leaf(
    String model, String revision, String dataset, String workload, LocalDate day, String phase)
    implements Serializable {

  /** The leaf of a row that has the columns of a leaf. */
  public static Leaf of(Row row) {
    return new Leaf(
        row.getAs("model"),
        row.getAs("revision"),
        row.getAs("dataset"),
        row.getAs("workload"),
        row.getAs("day"),
        row.getAs("phase"));
  }
}
