package coterie.ingest.container;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/**
 * The content of Zstandard frames, one behind another.
 *
 * <p>zstd-jni's own stream takes the end of a file for the end of the content if a frame before was
 * whole, although the last one is cut off; this one says so.
 */
public final class ZstdStream extends InputStream {

  private static final int BUFFER_BYTES = 1 << 17;

  /** The context is native memory, and streams over traces are not all closed. */
  private static final Cleaner CLEANER = Cleaner.create();

  private final InputStream in;
  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final Cleaner.Cleanable memory = CLEANER.register(this, context::close);
  private final byte[] read = new byte[BUFFER_BYTES];
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
  private final ByteBuffer content = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
  private boolean betweenFrames = true;
  private boolean moreInside;
  private boolean closed;

  public ZstdStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    return fill() ? content.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, content.remaining());
    content.get(into, from, count);
    return count;
  }

  /** Makes content ready; false at the end. */
  private boolean fill() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    while (!content.hasRemaining()) {
      if (!compressed.hasRemaining() && !moreInside && !refill()) {
        return false;
      }
      decompress();
    }
    return true;
  }

  private boolean refill() throws IOException {
    int count = in.read(read, 0, BUFFER_BYTES);
    if (count < 0 && !betweenFrames) {
      throw new EOFException("the file ends inside a Zstandard frame");
    }
    compressed.clear().put(read, 0, Math.max(0, count)).flip();
    return count >= 0;
  }

  private void decompress() throws IOException {
    content.clear();
    try {
      betweenFrames = context.decompressDirectByteBufferStream(content, compressed);
    } catch (ZstdException broken) {
      throw new IOException("broken Zstandard frame: " + broken.getMessage());
    } finally {
      content.flip();
    }
    moreInside = !betweenFrames && content.limit() == content.capacity();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    memory.clean();
    in.close();
  }
}
