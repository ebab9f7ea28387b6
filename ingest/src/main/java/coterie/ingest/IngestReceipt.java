package coterie.ingest;

import coterie.ingest.block.SourceReport;
import coterie.ingest.table.ModelGeometry;
import java.util.List;

/**
 * What an ingest did.
 *
 * @param model the shape that the traces were held against
 * @param modelOrigin where the shape comes from, in words
 * @param ingested files read in this run, in order
 * @param alreadyThere files that the lake held with the same content
 * @param unrecognised files of no known format
 * @param replaced files whose older content went
 */
public record IngestReceipt(
    ModelGeometry model,
    String modelOrigin,
    List<Ingested> ingested,
    List<String> alreadyThere,
    List<String> unrecognised,
    List<String> replaced) {

  public IngestReceipt {
    ingested = List.copyOf(ingested);
    alreadyThere = List.copyOf(alreadyThere);
    unrecognised = List.copyOf(unrecognised);
    replaced = List.copyOf(replaced);
  }

  /** One file and its account. */
  public record Ingested(String path, String format, SourceReport report) {}

  /** Tokens kept of all files. */
  public long tokensKept() {
    return ingested.stream().mapToLong(file -> file.report().tokensKept()).sum();
  }

  /** True if files were read and no token of them could be kept. */
  public boolean nothingKept() {
    return !ingested.isEmpty() && tokensKept() == 0;
  }
}
