package coterie.ingest.read;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Decompressed content that fails once it is far larger than what it was made of. */
final class InflationGuard extends FilterInputStream {

  private final Counted compressed;
  private final long boundFrom;
  private final int maxRatio;
  private long count;

  /** How content is decompressed. */
  interface Inflater {
    InputStream open(InputStream compressed) throws IOException;
  }

  private InflationGuard(InputStream content, Counted compressed, long boundFrom, int maxRatio) {
    super(content);
    this.compressed = compressed;
    this.boundFrom = boundFrom;
    this.maxRatio = maxRatio;
  }

  /**
   * Decompresses under guard.
   *
   * @param boundFrom bytes of content above which the ratio is bounded
   * @param maxRatio most bytes of content for each byte read of {@code in}
   */
  static InputStream open(InputStream in, Inflater inflater, long boundFrom, int maxRatio)
      throws IOException {
    var compressed = new Counted(in);
    return new InflationGuard(inflater.open(compressed), compressed, boundFrom, maxRatio);
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value >= 0) {
      grow(1);
    }
    return value;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read = super.read(into, from, length);
    if (read > 0) {
      grow(read);
    }
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(bytes);
    grow(skipped);
    return skipped;
  }

  private void grow(long bytes) throws IOException {
    count += bytes;
    if (count > boundFrom && count / maxRatio >= compressed.count) {
      throw new IOException(
          "decompresses to more than %d times its size: %d bytes from the first %d"
              .formatted(maxRatio, count, compressed.count));
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Counts what is read through it. */
  private static final class Counted extends FilterInputStream {

    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count += value >= 0 ? 1 : 0;
      return value;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int read = super.read(into, from, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(bytes);
      count += skipped;
      return skipped;
    }
  }
}
