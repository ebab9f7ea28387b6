package coterie.ingest.read;

import coterie.ingest.container.GzipStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Decompresses by content: the first bytes say whether a file is gzip, not its name. */
public final class TraceInput {

  private static final int BUFFER_BYTES = 1 << 16;

  private TraceInput() {}

  /**
   * The content of a file, decompressed if need be. What is wrong with compressed bytes shows where
   * they are read, behind all that comes before.
   */
  public static InputStream decompress(InputStream raw) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER_BYTES);
    in.mark(2);
    int first = in.read();
    int second = in.read();
    in.reset();
    boolean gzip = first == 0x1F && second == 0x8B;
    return gzip ? new GzipStream(in) : in;
  }
}
