package coterie.ingest.read;

import java.time.Instant;

/**
 * Where a run of tokens comes from. All of it is null where the source does not say.
 *
 * @param requestId of the request
 * @param workload family of requests, from a field of the record
 * @param arrival when the server took the request
 * @param step the engine's number of the forward pass
 * @param rank source rank
 */
public record RunOrigin(
    String requestId, String workload, Instant arrival, Long step, Integer rank) {

  /** A source that names nothing. */
  public static final RunOrigin UNKNOWN = new RunOrigin(null, null, null, null, null);

  /** A run of a request that arrived at a time. */
  public static RunOrigin request(String requestId, String workload, Instant arrival) {
    return new RunOrigin(requestId, workload, arrival, null, null);
  }

  /** A run of a forward pass. */
  public static RunOrigin pass(long step, Integer rank) {
    return new RunOrigin(null, null, null, step, rank);
  }
}
