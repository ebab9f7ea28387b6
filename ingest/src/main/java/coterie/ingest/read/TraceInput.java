package coterie.ingest.read;

import coterie.ingest.container.GzipStream;
import coterie.ingest.container.ZstdStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Decompresses by content: the first bytes say whether a file is gzip or Zstandard, not its name.
 * Members (gzip, RFC 1952) or frames (Zstandard, RFC 8878) one behind another are one content.
 */
public final class TraceInput {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] GZIP = {0x1F, (byte) 0x8B};
  private static final byte[] ZSTD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};

  /** Content that a small heap or disk takes whatever its ratio. */
  private static final long BOUND_FROM_BYTES = 1L << 30;

  /** Zeros come to 1,000 in gzip and to 20,000 and more in Zstandard; real traces to 2 to 16. */
  private static final int MAX_RATIO = 200;

  private TraceInput() {}

  /**
   * The content of a file, decompressed if need be. What is wrong with compressed bytes shows where
   * they are read, behind all that comes before.
   */
  public static InputStream decompress(InputStream raw) throws IOException {
    return decompress(raw, BOUND_FROM_BYTES, MAX_RATIO);
  }

  /**
   * The content of a file, decompressed if need be.
   *
   * @param boundFrom bytes of content above which the ratio is bounded
   * @param maxRatio most bytes of content for each byte of the file
   */
  static InputStream decompress(InputStream raw, long boundFrom, int maxRatio) throws IOException {
    var in = new BufferedInputStream(raw, BUFFER_BYTES);
    in.mark(ZSTD.length);
    var magic = in.readNBytes(ZSTD.length);
    in.reset();
    if (startsWith(magic, GZIP)) {
      return InflationGuard.open(in, GzipStream::new, boundFrom, maxRatio);
    }
    return startsWith(magic, ZSTD)
        ? InflationGuard.open(in, ZstdStream::new, boundFrom, maxRatio)
        : in;
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }
}
