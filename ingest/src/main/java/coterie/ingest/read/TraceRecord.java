package coterie.ingest.read;

import java.util.List;

/** One record of a trace, read or refused. */
public sealed interface TraceRecord {

  /** Where it stands in the file: line, request or forward pass, from 1. */
  long number();

  /** A request or forward pass whose arrays are sound; its ids are not checked yet. */
  record Routed(long number, List<RoutedRun> runs) implements TraceRecord {
    public Routed {
      runs = List.copyOf(runs);
    }
  }

  /** Counts without tokens. */
  record Counted(long number, LoadCounts loads) implements TraceRecord {}

  /** A record that cannot be used. */
  record Rejected(long number, IssueReason reason, String detail) implements TraceRecord {}
}
