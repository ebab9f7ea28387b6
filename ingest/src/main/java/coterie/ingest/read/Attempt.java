package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import java.io.IOException;

/** Reads one record; whatever keeps it from being read becomes the record that says so. */
final class Attempt {

  /** What is tried. */
  interface Body {
    /** The record, or null if there is none. */
    TraceRecord read() throws IOException, MalformedException, RejectedException;
  }

  private Attempt() {}

  /** The record of the body, or its rejection under a number. */
  static TraceRecord at(long number, Body body) {
    try {
      return body.read();
    } catch (IOException failure) {
      return new TraceRecord.Rejected(
          number, IssueReason.UNREADABLE, String.valueOf(failure.getMessage()));
    } catch (MalformedException malformed) {
      return new TraceRecord.Rejected(number, IssueReason.MALFORMED, malformed.getMessage());
    } catch (RejectedException rejected) {
      return new TraceRecord.Rejected(number, rejected.reason(), rejected.getMessage());
    }
  }
}
