package coterie.ingest.container;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream into lines of bytes. A line longer than the bound is passed over to its end and
 * reported, so that neither the heap nor the lines behind it are lost to it.
 */
public final class LineReader {

  private static final int LEAST_BOUND = 1 << 24;
  private static final int LARGEST_BOUND = 1 << 30;

  /** A line is held as bytes, as text and as arrays, and several tasks share a heap. */
  private static final int HEAP_SHARE = 16;

  private final InputStream in;
  private final int maxLineBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private byte[] line = new byte[1 << 16];
  private int size;

  /** Lines up to {@link #defaultMaxLineBytes}. */
  public LineReader(InputStream in) {
    this(in, defaultMaxLineBytes());
  }

  /** Lines up to a bound. */
  public LineReader(InputStream in, int maxLineBytes) {
    this.in = in;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * A sixteenth of the largest heap, between 16 MiB and 1 GiB. A prompt of a million tokens in
   * DeepSeek-V3's shape, as int32 in base64, is 2.6 GB: refused on every heap.
   */
  public static int defaultMaxLineBytes() {
    long share = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    return (int) Math.max(LEAST_BOUND, Math.min(LARGEST_BOUND, share));
  }

  /**
   * The next line without its end ({@code \n} or {@code \r\n}), or null after the last.
   *
   * @throws LongLineException if the line exceeds the bound; the next call gives the next line
   * @throws IOException if the stream breaks
   */
  public byte[] next() throws IOException {
    size = 0;
    long length = 0;
    while (true) {
      if (next == end) {
        end = in.read(buffer);
        next = 0;
        if (end <= 0) {
          end = 0;
          return length == 0 ? null : finish(length);
        }
      }
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      length += next - from;
      if (length <= maxLineBytes) {
        append(from, next - from);
      }
      if (next < end) {
        next++;
        return finish(length);
      }
    }
  }

  private void append(int from, int count) {
    if (size + count > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(maxLineBytes, 2L * (size + count)));
    }
    System.arraycopy(buffer, from, line, size, count);
    size += count;
  }

  private byte[] finish(long length) throws LongLineException {
    if (length > maxLineBytes) {
      throw new LongLineException(length, maxLineBytes);
    }
    int content = size > 0 && line[size - 1] == '\r' ? size - 1 : size;
    return Arrays.copyOf(line, content);
  }
}
