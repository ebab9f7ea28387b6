package coterie.ingest;

import coterie.ingest.read.StatedShape;
import coterie.ingest.read.TraceFormat;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * One trace that is to be ingested; a file, or a folder of files that only together are one.
 *
 * @param path of the file or folder, qualified, as the file system spells it
 * @param parts paths of its files
 * @param bytes length as stored
 * @param sha256 of the stored bytes, hexadecimal
 * @param format given or recognised; null if it was not recognised
 * @param stated what it says about the model
 * @param day of its tokens, given by the user; null to take the day that it states itself
 */
record SourceFile(
    String path,
    List<String> parts,
    long bytes,
    String sha256,
    TraceFormat format,
    StatedShape stated,
    LocalDate day)
    implements Serializable {

  SourceFile {
    parts = List.copyOf(parts);
  }

  SourceFile onDay(LocalDate given) {
    return new SourceFile(path, parts, bytes, sha256, format, stated, given);
  }

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
    boolean named = format != null && format.nameMatters();
    var own = named ? path.substring(path.lastIndexOf('/') + 1) : "";
    var name = String.join("\0", model, revision, dataset, sha256, own);
    long id = Sha256.firstLong(name) & Long.MAX_VALUE;
    return id == 0 ? 1 : id;
  }

  /** The same for a target of ingest. */
  long id(IngestTarget target) {
    return id(target.model().name(), target.model().revision(), target.dataset());
  }
}
