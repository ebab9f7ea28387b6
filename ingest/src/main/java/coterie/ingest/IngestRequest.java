package coterie.ingest;

import coterie.ingest.read.TraceFormat;
import java.util.List;
import java.util.Optional;

/**
 * What to ingest.
 *
 * @param paths files, folders and globs, of any Hadoop file system
 * @param format of all files; empty to recognise each by its content
 * @param model name of the model
 * @param revision of its weights
 * @param modelFile JSON file with the model's shape, if it is given
 * @param dataset name of the data set
 * @param day of the traces; empty to take the day that they state themselves
 * @param phase of all tokens, for sources that do not say
 * @param workload of each request; empty to take what the traces state themselves
 * @param strict true to stop at the first record or token that cannot be used
 * @param rows true to keep the data set in {@code activation} too
 */
public record IngestRequest(
    List<String> paths,
    Optional<TraceFormat> format,
    String model,
    String revision,
    Optional<String> modelFile,
    String dataset,
    Optional<DayRule> day,
    Optional<String> phase,
    Optional<WorkloadRule> workload,
    boolean strict,
    boolean rows) {

  public IngestRequest {
    paths = List.copyOf(paths);
  }
}
