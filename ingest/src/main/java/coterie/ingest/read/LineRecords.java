package coterie.ingest.read;

import coterie.ingest.container.LineReader;
import coterie.ingest.container.LongLineException;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** Reader of a text line by line; subclasses say what a line means. Blank lines are skipped. */
abstract class LineRecords implements TraceReader {

  private final LineReader lines;
  private final Queue<TraceRecord> ready = new ArrayDeque<>();
  private long number;
  private boolean ended;

  LineRecords(LineReader lines) {
    this.lines = lines;
  }

  @Override
  public final Optional<TraceRecord> next() {
    while (ready.isEmpty() && !ended) {
      number++;
      try {
        var line = lines.next();
        if (line == null) {
          end();
        } else if (!isBlank(line)) {
          readLine(line);
        }
      } catch (LongLineException tooLong) {
        reject(IssueReason.TOO_LARGE, tooLong.getMessage());
      } catch (MalformedException malformed) {
        reject(IssueReason.MALFORMED, malformed.getMessage());
      } catch (IOException failure) {
        end();
        accept(TraceRecord.Rejected.unreadable(number, failure));
      }
    }
    return Optional.ofNullable(ready.poll());
  }

  private void end() {
    ended = true;
    finish();
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Reads one line: calls {@link #accept} or {@link #reject} for what it completes. */
  abstract void readLine(byte[] line) throws MalformedException;

  /** Called once, behind the last line that can be read. */
  void finish() {}

  final void accept(TraceRecord record) {
    ready.add(record);
  }

  final void reject(IssueReason reason, String detail) {
    ready.add(new TraceRecord.Rejected(number, reason, detail));
  }

  /** The line that is being read, from 1. */
  final long number() {
    return number;
  }
}
