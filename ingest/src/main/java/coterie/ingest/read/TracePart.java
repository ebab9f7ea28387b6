package coterie.ingest.read;

import java.io.IOException;
import java.io.InputStream;

/**
 * One file of a trace. Most traces are one file; some keep a file for each layer.
 *
 * @param name of the file, without its folder
 * @param opener of its content, decompressed
 */
public record TracePart(String name, Opener opener) {

  /** Opens the content from its beginning. */
  public interface Opener {
    InputStream open() throws IOException;
  }
}
