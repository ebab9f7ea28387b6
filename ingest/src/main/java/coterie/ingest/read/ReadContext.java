package coterie.ingest.read;

import coterie.ingest.table.ModelGeometry;
import java.io.Serializable;
import java.util.Optional;

/**
 * What a reader is told about the file.
 *
 * @param model the shape that its arrays must have
 * @param statedPhase the phase of all its tokens, given by the user for sources that do not say;
 *     null if not given
 * @param workloadField the field of a JSON record that holds its family of requests, levels
 *     separated by dots; null if not given
 */
public record ReadContext(ModelGeometry model, String statedPhase, String workloadField)
    implements Serializable {

  /** Without a workload. */
  public ReadContext(ModelGeometry model, String statedPhase) {
    this(model, statedPhase, null);
  }

  public Optional<String> phase() {
    return Optional.ofNullable(statedPhase);
  }
}
