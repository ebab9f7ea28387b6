package coterie.ingest.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Gathers the rows of a file request by request.
 *
 * <p>The rows of a request stand together, in any order; a request that comes back behind another
 * one is a second record with the same id. So memory holds one request, and of it at most {@link
 * #MAX_ROWS}.
 */
final class RequestRows {

  /** Half a gigabyte at top-8; 174,000 tokens of 24 layers, 72,000 of 58. */
  static final int MAX_ROWS = 1 << 22;

  private final ReadContext context;
  private final int maxRows;
  private final List<RoutingRow> rows = new ArrayList<>();
  private RunOrigin origin;
  private long number;
  private boolean tooLarge;

  RequestRows(ReadContext context) {
    this(context, MAX_ROWS);
  }

  RequestRows(ReadContext context, int maxRows) {
    this.context = context;
    this.maxRows = maxRows;
  }

  /**
   * Says whose rows follow.
   *
   * @param line on which the request is named
   * @return the record of the request before, if this is another one
   */
  Optional<TraceRecord> turnTo(String request, String workload, long line) {
    if (origin != null && Objects.equals(origin.requestId(), request)) {
      return Optional.empty();
    }
    var before = finish();
    origin = RunOrigin.request(request, workload, null);
    number = line;
    return before;
  }

  /** A row of the request that was turned to. */
  void add(RoutingRow row) {
    if (rows.size() == maxRows) {
      tooLarge = true;
    } else {
      rows.add(row);
    }
  }

  /** The record of the last request, if there is any. */
  Optional<TraceRecord> finish() {
    if (origin == null) {
      return Optional.empty();
    }
    var record =
        tooLarge
            ? new TraceRecord.Rejected(
                number,
                IssueReason.TOO_LARGE,
                "request '%s' has more than %d rows".formatted(origin.requestId(), maxRows))
            : TokenRows.record(number, origin, rows, context);
    rows.clear();
    origin = null;
    tooLarge = false;
    return Optional.of(record);
  }
}
