package coterie.ingest;

import coterie.ingest.read.ReadContext;
import coterie.ingest.table.ModelGeometry;
import java.io.Serializable;

/**
 * What every block of a run has in common.
 *
 * @param statedPhase null if sources must say themselves
 * @param workload null to take what the traces state themselves
 */
record IngestTarget(ModelGeometry model, String dataset, String statedPhase, WorkloadRule workload)
    implements Serializable {

  ReadContext context() {
    return new ReadContext(model, statedPhase, workload == null ? null : workload.field());
  }
}
