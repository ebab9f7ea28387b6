package coterie.ingest.read;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

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

  /**
   * A record that cannot be used.
   *
   * @param detail one line: what of it was copied from the file is without control characters
   */
  record Rejected(long number, IssueReason reason, String detail) implements TraceRecord {

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    public Rejected {
      detail = CONTROL.matcher(detail).replaceAll("?");
    }

    /** The rest of a file that cannot be read on. */
    static Rejected unreadable(long number, IOException failure) {
      var message = failure.getMessage();
      return new Rejected(
          number, IssueReason.UNREADABLE, message == null ? "the file ends too early" : message);
    }
  }
}
