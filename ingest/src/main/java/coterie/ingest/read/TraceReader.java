package coterie.ingest.read;

import java.util.Optional;

/**
 * Reads the requests of one file, in order.
 *
 * <p>Never throws on content: what cannot be used comes back as {@link TraceRecord.Rejected}.
 */
public interface TraceReader {

  /** The next request, or empty at the end. */
  Optional<TraceRecord> next();
}
