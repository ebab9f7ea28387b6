package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import coterie.ingest.block.BlockCutter;
import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sound files of every format, damaged at random: whatever the bytes, a reader gives records and
 * never an exception, ends, and takes no more memory than the bytes warrant.
 *
 * <p>{@code -Dcoterie.fuzz.cases=N} runs more cases than the usual ones. A failure names the case:
 * the same number gives the same bytes again.
 */
class ReaderFuzzTest {

  private static final int CASES = Integer.getInteger("coterie.fuzz.cases", 100_000);

  /** Far above what a few kilobytes take: buffers are 64 KiB each. */
  private static final long MAX_ALLOCATED_BYTES = 16L << 20;

  private static final int MAX_RECORDS = 10_000;
  private static final Duration LONGEST_CASE = Duration.ofSeconds(10);

  /** What {@link #share} adds up to. */
  private static final int SHARES =
      Arrays.stream(TraceFormat.values()).mapToInt(ReaderFuzzTest::share).sum();

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource
  void noBytesBreakAReader(TraceFormat format) {
    int cases = CASES * share(format) / SHARES;
    loadClasses(format);
    var current = new AtomicReference<>("no case");
    // A case that hangs is found by the time that all may take: 10 ms each on average.
    assertTimeoutPreemptively(
        Duration.ofSeconds(60 + cases / 100),
        () -> {
          for (int number = 0; number < cases; number++) {
            current.set(format.label() + ", case " + number);
            run(format, number);
          }
        },
        current::get);
    assertThat(TemporaryCopies.left()).as("temporary files left behind").isEmpty();
  }

  /** A case takes longer where each reader makes temporary files. */
  private static int share(TraceFormat format) {
    return switch (format) {
      case NPZ, SGLANG_RECORDER, PARQUET, TENSORRT_LLM -> 2;
      default -> 4;
    };
  }

  /** Classes that a first record loads would count as its memory. */
  private static void loadClasses(TraceFormat format) {
    for (var seed : SeedFiles.of(format)) {
      var broken = Arrays.copyOf(seed.content(), seed.content().length / 2);
      for (var bytes : List.of(seed.content(), broken)) {
        assertThatCode(() -> read(format, seed, bytes, null)).doesNotThrowAnyException();
        assertThatCode(() -> read(format, seed, bytes, RoutingTable.DECODE))
            .doesNotThrowAnyException();
      }
    }
  }

  private void run(TraceFormat format, int number) {
    var random = new SplittableRandom(number);
    var seed = any(format, random);
    var bytes = damaged(seed, random);
    long start = System.nanoTime();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    try {
      read(format, seed, bytes, random.nextBoolean() ? RoutingTable.DECODE : null);
      assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
          .as("bytes allocated")
          .isLessThan(MAX_ALLOCATED_BYTES);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_CASE);
    } catch (Throwable failure) {
      throw new AssertionError(
          "format %s, case %d, %d bytes: %s"
              .formatted(format.label(), number, bytes.length, HexFormat.of().formatHex(bytes)),
          failure);
    }
  }

  private static Seed any(TraceFormat format, SplittableRandom random) {
    var seeds = SeedFiles.of(format);
    return seeds.get(random.nextInt(seeds.size()));
  }

  private static byte[] damaged(Seed seed, SplittableRandom random) {
    var mutations = new Mutations(random);
    var formats = TraceFormat.values();
    var other = any(formats[random.nextInt(formats.length)], random).content();
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          seed.changedInside(random.nextInt(16), inner -> mutations.change(inner, other));
      case 3 -> mutations.change(FileFaults.gzip(seed.content()), other);
      case 4 -> FileFaults.gzip(mutations.change(seed.content(), other));
      default -> mutations.change(seed.content(), other);
    };
  }

  private static void read(TraceFormat format, Seed seed, byte[] bytes, String phase)
      throws IOException {
    TraceFormat.detect(TraceInput.decompress(new ByteArrayInputStream(bytes)));
    var cutter = new BlockCutter(seed.context().model());
    var context = new ReadContext(seed.context().model(), phase);
    int records = 0;
    try (var reader = format.open(seed.parts(bytes), context)) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        records++;
        assertThat(records).as("records").isLessThan(MAX_RECORDS);
        check(next.get());
        cutter.cut(next.get());
      }
    }
    assertThat(cutter.report().recordsRead()).isEqualTo(records);
    if (bytes.length % 8 == 0) {
      // The same parser once more, so not each time.
      format.stated(TraceInput.decompress(new ByteArrayInputStream(bytes)));
    }
  }

  /** A reason is one line that says something. */
  private static void check(TraceRecord record) {
    if (record instanceof TraceRecord.Rejected rejected) {
      assertThat(rejected.detail()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
    } else if (record instanceof TraceRecord.Routed routed) {
      for (var run : routed.runs()) {
        assertThat(List.of(RoutingTable.PREFILL, RoutingTable.DECODE)).contains(run.phase());
        assertThat(run.firstPosition() + (long) run.tokens()).isBetween(0L, 1L << 31);
        assertThat(run.firstPosition()).isNotNegative();
      }
    }
  }
}
