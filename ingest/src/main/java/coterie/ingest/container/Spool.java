package coterie.ingest.container;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A stream's content in a temporary file, for formats that must be read at any place. The file goes
 * when this is closed.
 */
public final class Spool implements Closeable {

  private static final int BUFFER_BYTES = 1 << 16;

  /** The process, so that what a killed one leaves behind can be told from files in use. */
  private static final String PREFIX = "coterie-%d-".formatted(ProcessHandle.current().pid());

  private final Path file;
  private final FileChannel channel;

  private Spool(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Copies the whole stream. */
  public static Spool of(InputStream in) throws IOException {
    var file = Files.createTempFile(PREFIX, ".trace");
    Spool spool = null;
    try {
      try (var out = Files.newOutputStream(file)) {
        var buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
        }
      }
      spool = new Spool(file, FileChannel.open(file, StandardOpenOption.READ));
      return spool;
    } finally {
      if (spool == null) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The file, until this is closed. */
  public Path file() {
    return file;
  }

  /** Its length. */
  public long bytes() throws IOException {
    return channel.size();
  }

  /**
   * The bytes {@code [at, at + count)}.
   *
   * @throws MalformedException if the file ends before
   */
  public ByteBuffer read(long at, int count) throws IOException, MalformedException {
    MalformedException.unless(
        at >= 0 && count >= 0 && count <= bytes() - at,
        "%d bytes at %d, but the file has %d",
        count,
        at,
        bytes());
    var buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("the temporary copy was cut off");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
