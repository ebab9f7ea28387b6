package coterie.ingest;

import coterie.ingest.read.StatedShape;
import coterie.ingest.read.TraceFormat;
import java.io.Serializable;

/**
 * One file that is to be ingested.
 *
 * @param path qualified, as the file system spells it
 * @param bytes length as stored
 * @param sha256 of the stored bytes, hexadecimal
 * @param format given or recognised; null if it was not recognised
 * @param stated what it says about the model
 */
record SourceFile(String path, long bytes, String sha256, TraceFormat format, StatedShape stated)
    implements Serializable {

  /** The path as people write it: without the scheme if the file is local. */
  static String display(String path) {
    return path.startsWith("file:/") ? path.substring("file:".length()) : path;
  }

  /**
   * The number of this content within a model and dataset, above 0.
   *
   * <p>63 bits of SHA-256 over the names and the checksum: with a million files the chance of any
   * collision is below one in ten million.
   */
  long id(String model, String revision, String dataset) {
    var name = String.join("\0", model, revision, dataset, sha256);
    long id = Sha256.firstLong(name) & Long.MAX_VALUE;
    return id == 0 ? 1 : id;
  }
}
