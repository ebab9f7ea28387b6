package coterie.jobs.lake;

import coterie.ingest.error.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * One at a time: what two commands must not do together in one lake, such as reading the same files
 * into the same data set.
 *
 * <p>A lock of the operating system on a file beside the catalog: it goes with its process, however
 * that ends.
 */
final class LakeLock {

  private static final long PAUSE_MILLIS = 200;

  private LakeLock() {}

  /**
   * Does some work when nobody else does the same.
   *
   * @param lake folder of the lake
   * @param what the work is
   * @param waiting called once if somebody else is at it
   */
  static <T> T alone(Path lake, String what, Runnable waiting, Supplier<T> work) {
    try {
      var folder = Files.createDirectories(lake.resolve("locks"));
      var file = folder.resolve(Integer.toHexString(what.hashCode()) + ".lock");
      try (var channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        var lock = wait(channel, waiting);
        try {
          return work.get();
        } finally {
          lock.release();
        }
      }
    } catch (IOException failure) {
      throw UserError.data(
          "cannot lock the lake '%s': %s".formatted(lake, failure),
          "the command must be able to write into the lake's folder");
    }
  }

  private static FileLock wait(FileChannel channel, Runnable waiting) throws IOException {
    var lock = tryLock(channel);
    if (lock == null) {
      waiting.run();
    }
    while (lock == null) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for another command");
      }
      lock = tryLock(channel);
    }
    return lock;
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException ownProcess) {
      return null;
    }
  }
}
