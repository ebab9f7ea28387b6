package coterie.ingest.read;

import java.util.List;

/** One request of a trace, read or refused. */
public sealed interface TraceRecord {

  /** Where it stands in the file: line or request, from 1. */
  long number();

  /** A request whose arrays are sound; its ids are not checked yet. */
  record Routed(long number, List<RoutedRun> runs) implements TraceRecord {
    public Routed {
      runs = List.copyOf(runs);
    }
  }

  /** A request that cannot be used. */
  record Rejected(long number, IssueReason reason, String detail) implements TraceRecord {}
}
