package coterie.jobs.lake;

import static org.apache.spark.sql.functions.col;

import coterie.ingest.table.ModelGeometry;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Some data sets of a model, in one phase.
 *
 * @param phase {@code prefill}, {@code decode} or {@link #ALL_PHASES}
 */
public record Selection(ModelGeometry model, List<String> datasets, String phase) {

  public static final String ALL_PHASES = "all";

  public Selection {
    datasets = List.copyOf(datasets);
  }

  /** The same model and phase, other data sets. */
  public Selection of(List<String> others) {
    return new Selection(model, others, phase);
  }

  /** The same data sets in another phase. */
  public Selection ofPhase(String other) {
    return new Selection(model, datasets, other);
  }

  /** Selects rows of {@code routing} and of the statistics. */
  public Column condition() {
    var leaf =
        col("model")
            .equalTo(model.name())
            .and(col("revision").equalTo(model.revision()))
            .and(col("dataset").isInCollection(datasets));
    return phase.equals(ALL_PHASES) ? leaf : leaf.and(col("phase").equalTo(phase));
  }
}
