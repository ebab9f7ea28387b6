package coterie.ingest.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle: each length is bounded before anything is allocated for it. */
final class PickleInput {

  /** About 40 million tokens of the SGLang recorder, whose pickle has ids and positions. */
  static final long MAX_BYTES = 1L << 28;

  static final int MAX_TEXT_BYTES = 1 << 16;

  private static final int MAX_LINE_BYTES = 256;

  private final InputStream in;
  private long taken;

  PickleInput(InputStream in) {
    this.in = in;
  }

  /** An unsigned byte. */
  int u1() throws IOException, MalformedException {
    int value = in.read();
    MalformedException.unless(value >= 0, "the pickle ends after %d bytes", taken);
    take(1);
    return value;
  }

  private void take(int bytes) throws MalformedException {
    taken += bytes;
    MalformedException.unless(taken <= MAX_BYTES, "a pickle of more than %d bytes", MAX_BYTES);
  }

  /** An unsigned little-endian integer of at most seven bytes. */
  long unsigned(int bytes) throws IOException, MalformedException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) u1() << (8 * i);
    }
    return value;
  }

  /** A little-endian integer in two's complement; one without bytes is 0. */
  long signed(int bytes) throws IOException, MalformedException {
    MalformedException.unless(bytes <= Long.BYTES, "the pickle has an integer of %d bytes", bytes);
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) u1() << (8 * i);
    }
    int unused = Long.SIZE - 8 * bytes;
    return bytes == 0 ? 0 : value << unused >> unused;
  }

  /** A double, which pickles write in big endian. */
  double bigEndianDouble() throws IOException, MalformedException {
    return Double.longBitsToDouble(Long.reverseBytes(signed(Double.BYTES)));
  }

  /** UTF-8 of a length that was read before. */
  String text(long bytes) throws IOException, MalformedException {
    MalformedException.unless(
        bytes >= 0 && bytes <= MAX_TEXT_BYTES,
        "the pickle has a string of %d bytes, at most %d are read",
        bytes,
        MAX_TEXT_BYTES);
    var text = in.readNBytes((int) bytes);
    take(text.length);
    MalformedException.unless(text.length == bytes, "the pickle ends after %d bytes", taken);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Characters up to a line feed, which is taken too. */
  String line() throws IOException, MalformedException {
    var line = new StringBuilder();
    for (int c = u1(); c != '\n'; c = u1()) {
      MalformedException.unless(
          line.length() < MAX_LINE_BYTES,
          "the pickle has a name of more than %d bytes",
          MAX_LINE_BYTES);
      line.append((char) c);
    }
    return line.toString();
  }
}
