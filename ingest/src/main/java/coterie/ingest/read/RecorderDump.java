package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.util.Optional;

/** A dump of SGLang's recorder that is open: forward passes, read one at a time. */
interface RecorderDump {

  int passes();

  /**
   * The pass at an index from 0; empty if there is nothing in it.
   *
   * @throws RejectedException if it does not fit the model
   */
  Optional<TraceRecord> read(int index) throws IOException, MalformedException, RejectedException;
}
