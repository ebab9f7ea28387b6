package coterie.jobs.lake;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.table.ModelGeometry;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Some data sets of a model, in one phase.
 *
 * @param phase {@code prefill}, {@code decode} or {@link #ALL_PHASES}
 * @param from first day; null for all days, also those that are not known
 * @param to last day; null with {@code from}
 */
public record Selection(
    ModelGeometry model, List<String> datasets, String phase, LocalDate from, LocalDate to) {

  public static final String ALL_PHASES = "all";

  public Selection {
    datasets = List.copyOf(datasets);
  }

  /** All days. */
  public Selection(ModelGeometry model, List<String> datasets, String phase) {
    this(model, datasets, phase, null, null);
  }

  /** The same on some days only, both included. */
  public Selection onDays(LocalDate first, LocalDate last) {
    return new Selection(model, datasets, phase, first, last);
  }

  /** The same model and phase, other data sets. */
  public Selection of(List<String> others) {
    return new Selection(model, others, phase, from, to);
  }

  /** The same data sets in another phase. */
  public Selection ofPhase(String other) {
    return new Selection(model, datasets, other, from, to);
  }

  /** Selects rows of {@code routing} and of the statistics. */
  public Column condition() {
    var leaf =
        col("model")
            .equalTo(model.name())
            .and(col("revision").equalTo(model.revision()))
            .and(col("dataset").isInCollection(datasets));
    var ofDays = from == null ? leaf : leaf.and(col("day").between(from, to));
    return phase.equals(ALL_PHASES) ? ofDays : ofDays.and(col("phase").equalTo(phase));
  }
}
