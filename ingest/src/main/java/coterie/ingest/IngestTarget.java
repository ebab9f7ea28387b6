package coterie.ingest;

import coterie.ingest.table.ModelGeometry;
import java.io.Serializable;
import java.time.LocalDate;

/**
 * What every block of a run has in common.
 *
 * @param day null to take the day that a record states
 * @param statedPhase null if sources must say themselves
 */
record IngestTarget(ModelGeometry model, String dataset, LocalDate day, String statedPhase)
    implements Serializable {}
