package coterie.jobs.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks that need no Spark. */
public final class MachineChecks {

  private static final int JAVA = 17;
  private static final long GIGABYTE = 1L << 30;
  private static final long LEAST_HEAP = GIGABYTE / 2;
  private static final long GOOD_HEAP = 2 * GIGABYTE;
  private static final long LEAST_DISK = GIGABYTE;
  private static final long GOOD_DISK = 10 * GIGABYTE;

  private MachineChecks() {}

  /**
   * All of them.
   *
   * @param lake folder of the lake, there or not; empty if none was named
   */
  public static List<Finding> all(Optional<Path> lake) {
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    return Stream.concat(
            Stream.of(
                java(Runtime.version().feature()),
                memory(Runtime.getRuntime().maxMemory(), physicalBytes()),
                encoding(Charset.defaultCharset()),
                disk("temporary files", temporary)),
            lake.stream().map(folder -> disk("lake", folder)))
        .toList();
  }

  static Finding java(int version) {
    var found = "Java %d (%s)".formatted(version, System.getProperty("java.home"));
    return version == JAVA
        ? Finding.fine("Java", found)
        : Finding.wrong(
            "Java", found, "set JAVA_HOME to a JDK 17; Spark 4.0 starts on no newer one");
  }

  static Finding memory(long heap, long machine) {
    var found = "%s for Java, of %s".formatted(gigabytes(heap), gigabytes(machine));
    if (heap >= GOOD_HEAP) {
      return Finding.fine("memory", found);
    }
    var advice = "set JAVA_OPTS=-Xmx4g, or as much as the machine can spare";
    return heap >= LEAST_HEAP
        ? Finding.notice("memory", found, "enough for small traces; " + advice)
        : Finding.wrong("memory", found, advice);
  }

  private static Finding encoding(Charset charset) {
    return charset.equals(StandardCharsets.UTF_8)
        ? Finding.fine("text", "UTF-8")
        : Finding.notice(
            "text",
            "%s, not UTF-8".formatted(charset),
            "set LC_ALL=C.UTF-8 if names of files or data sets are not plain ASCII");
  }

  /** Room where a folder is, or would be. */
  static Finding disk(String what, Path folder) {
    var there = folder.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      return disk(
          what, folder, Files.getFileStore(there).getUsableSpace(), Files.isWritable(there));
    } catch (IOException failure) {
      return Finding.wrong(what, folder + ": " + failure.getMessage(), "give another folder");
    }
  }

  static Finding disk(String what, Path folder, long free, boolean writable) {
    var found = "%s: %s free".formatted(folder, gigabytes(free));
    if (!writable) {
      return Finding.wrong(what, folder + " cannot be written", "give a folder that you may write");
    }
    if (free >= GOOD_DISK) {
      return Finding.fine(what, found);
    }
    return free >= LEAST_DISK
        ? Finding.notice(what, found, "a lake takes about as much as its traces, packed")
        : Finding.wrong(what, found, "make room: Spark needs some for temporary files");
  }

  private static long physicalBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String gigabytes(long bytes) {
    return "%.1f GB".formatted(bytes / (double) GIGABYTE);
  }
}
