package coterie.analytics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import coterie.analytics.kernel.Leaf;
import java.time.LocalDate;
import java.util.Collection;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * A day of a data set: what is counted at a time, and a partition of every table.
 *
 * @param day null for traces that name none
 */
record DataDay(String model, String dataset, LocalDate day) {

  static DataDay of(Row row) {
    return new DataDay(row.getAs("model"), row.getAs("dataset"), row.getAs("day"));
  }

  static DataDay of(Leaf leaf) {
    return new DataDay(leaf.model(), leaf.dataset(), leaf.day());
  }

  private Column condition() {
    return col("model")
        .equalTo(model)
        .and(col("dataset").equalTo(dataset))
        .and(day == null ? col("day").isNull() : col("day").equalTo(lit(day)));
  }

  /** Selects the rows of some days. */
  static Column any(Collection<DataDay> days) {
    return days.stream().map(DataDay::condition).reduce(Column::or).orElse(lit(false));
  }
}
