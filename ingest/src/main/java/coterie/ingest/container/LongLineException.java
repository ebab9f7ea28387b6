package coterie.ingest.container;

import java.io.IOException;

/** A line that is longer than what is read at once; the lines behind it can be read. */
public final class LongLineException extends IOException {

  private static final long serialVersionUID = 1;

  LongLineException(long length, int bound) {
    super("a line of %d bytes exceeds the bound of %d".formatted(length, bound));
  }
}
