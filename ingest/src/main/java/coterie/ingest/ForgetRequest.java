package coterie.ingest;

import java.time.LocalDate;
import java.util.List;

/**
 * What to forget: facts of one data set that meet all of the conditions given. An empty list is no
 * condition.
 *
 * @param requests request ids
 * @param workloads families of requests
 * @param sources paths of files, as they were ingested
 * @param days days of the traces
 */
public record ForgetRequest(
    String model,
    String dataset,
    List<String> requests,
    List<String> workloads,
    List<String> sources,
    List<LocalDate> days) {

  public ForgetRequest {
    requests = List.copyOf(requests);
    workloads = List.copyOf(workloads);
    sources = List.copyOf(sources);
    days = List.copyOf(days);
  }

  /** True if nothing narrows the request down: it means the whole data set. */
  public boolean unconditional() {
    return requests.isEmpty() && workloads.isEmpty() && sources.isEmpty() && days.isEmpty();
  }

  /** True if whole sources are meant, so that they may be ingested again. */
  boolean wholeSources() {
    return requests.isEmpty() && workloads.isEmpty() && days.isEmpty();
  }
}
