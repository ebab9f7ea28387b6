package coterie.ingest.container;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a gzip file (RFC 1952), all its members one after the other.
 *
 * <p>Java's own GZIPInputStream takes whatever follows a member and is not another one for the end,
 * and ends early where the stream below has just nothing buffered; that of commons-compress loses
 * what it unpacked right before a break. Here everything before a break is read, and then the break
 * is an error: a cut, a wrong checksum, or bytes behind the last member.
 */
public final class GzipStream extends InputStream {

  /** FEXTRA, FNAME, FCOMMENT and FHCRC of RFC 1952, section 2.3.1; the bits above are reserved. */
  private static final int EXTRA = 4;

  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int HEADER_CRC = 2;
  private static final int RESERVED = 0xE0;

  private static final int METHOD_DEFLATE = 8;

  /** Of a member's header: time of change, flags of the compressor, operating system. */
  private static final int UNUSED_BYTES = 6;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private int next;
  private int end;
  private boolean inMember;
  private long members;
  private IOException failure;

  /** Reads nothing yet. */
  public GzipStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      while (inMember || nextMember()) {
        int count = inflate(target, offset, length);
        if (count > 0 || length == 0) {
          return count;
        }
        advance();
      }
      return -1;
    } catch (IOException broken) {
      failure = broken;
      throw broken;
    }
  }

  private int inflate(byte[] target, int offset, int length) {
    long before = inflater.getBytesWritten();
    int count;
    try {
      count = inflater.inflate(target, offset, length);
    } catch (DataFormatException broken) {
      failure = new IOException("broken gzip data: " + broken.getMessage());
      count = (int) (inflater.getBytesWritten() - before);
    }
    checksum.update(target, offset, count);
    return count;
  }

  /** Goes on where the decompressor had nothing to give. */
  private void advance() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (inflater.finished()) {
      next = end - inflater.getRemaining();
      requireSame("checksum", little(4), checksum.getValue());
      requireSame("length", little(4), inflater.getBytesWritten() & 0xFFFF_FFFFL);
      inMember = false;
    } else if (inflater.needsInput()) {
      require(fill(), "gzip file cut off in its data");
      inflater.setInput(buffer, 0, end);
    } else {
      throw new IOException("broken gzip data: a dictionary is asked for");
    }
  }

  private static void requireSame(String what, long stated, long found) throws IOException {
    if (stated != found) {
      throw new IOException("gzip %s is %d, but the data has %d".formatted(what, stated, found));
    }
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new EOFException(otherwise);
    }
  }

  /** Reads the header of the next member; false at the end of the file. */
  private boolean nextMember() throws IOException {
    if (next == end && !fill()) {
      return false;
    }
    if (little(2) != 0x8B1F) {
      throw new IOException("bytes behind member %d of the gzip file".formatted(members));
    }
    int method = oneByte();
    int flags = oneByte();
    if (method != METHOD_DEFLATE || (flags & RESERVED) != 0) {
      throw new IOException("gzip header of method %d and flags %d".formatted(method, flags));
    }
    skip(UNUSED_BYTES);
    skip((flags & EXTRA) == 0 ? 0 : (int) little(2));
    skipText((flags & NAME) != 0);
    skipText((flags & COMMENT) != 0);
    skip((flags & HEADER_CRC) == 0 ? 0 : 2);
    inflater.reset();
    inflater.setInput(buffer, next, end - next);
    checksum.reset();
    inMember = true;
    members++;
    return true;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      oneByte();
    }
  }

  private void skipText(boolean present) throws IOException {
    boolean more = present;
    while (more) {
      more = oneByte() != 0;
    }
  }

  private long little(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) oneByte() << (8 * i);
    }
    return value;
  }

  private int oneByte() throws IOException {
    require(next < end || fill(), "gzip file cut off in a header or checksum");
    return buffer[next++] & 0xFF;
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
