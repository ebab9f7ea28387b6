package coterie.ingest.container;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream into lines of bytes; a line longer than the bound is an error, not a heap. */
public final class LineReader {

  /**
   * A prompt of a million tokens in DeepSeek-V3's shape, as int32 in base64, is 2.6 GB: refused.
   */
  public static final int MAX_LINE_BYTES = 1 << 30;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private byte[] line = new byte[1 << 16];
  private int size;

  public LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next line without its end ({@code \n} or {@code \r\n}), or null after the last.
   *
   * @throws IOException if the stream breaks or the line exceeds {@link #MAX_LINE_BYTES}
   */
  public byte[] next() throws IOException {
    size = 0;
    while (true) {
      if (next == end) {
        end = in.read(buffer);
        next = 0;
        if (end <= 0) {
          end = 0;
          return size == 0 ? null : finish();
        }
      }
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      append(from, next - from);
      if (next < end) {
        next++;
        return finish();
      }
    }
  }

  private void append(int from, int count) throws IOException {
    if (count > MAX_LINE_BYTES - size) {
      throw new IOException("a line is longer than " + MAX_LINE_BYTES + " bytes");
    }
    if (size + count > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(MAX_LINE_BYTES, 2L * (size + count)));
    }
    System.arraycopy(buffer, from, line, size, count);
    size += count;
  }

  private byte[] finish() {
    int length = size > 0 && line[size - 1] == '\r' ? size - 1 : size;
    return Arrays.copyOf(line, length);
  }
}
