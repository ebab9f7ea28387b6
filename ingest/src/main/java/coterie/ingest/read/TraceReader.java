package coterie.ingest.read;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the records of one trace, in order.
 *
 * <p>Never throws on content: what cannot be used comes back as {@link TraceRecord.Rejected}. Holds
 * one record in memory, not the file.
 */
public interface TraceReader extends Closeable {

  /** The next record, or empty at the end. */
  Optional<TraceRecord> next();

  /** Gives up what the reader itself made, for example temporary files. */
  @Override
  default void close() throws IOException {}
}
