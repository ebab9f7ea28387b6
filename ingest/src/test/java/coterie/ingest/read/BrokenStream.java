package coterie.ingest.read;

import java.io.IOException;
import java.io.InputStream;

/** A stream that fails at its first byte. */
final class BrokenStream extends InputStream {

  @Override
  public int read() throws IOException {
    throw new IOException("the disk is gone");
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    throw new IOException("the disk is gone");
  }
}
