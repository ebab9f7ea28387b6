package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Formats that are read at any place copy the trace; the copy goes with the reader. */
class TemporaryCopiesTest {

  /** Otherwise the other tests would say nothing. */
  @Test
  void itIsSeenWhileItIsThere() throws IOException {
    var seed = SeedFiles.of(TraceFormat.TENSORRT_LLM).get(0);
    try (var reader = TraceFormat.TENSORRT_LLM.open(seed.parts(seed.content()), seed.context())) {
      assertThat(reader.next()).isPresent();
      assertThat(TemporaryCopies.left()).hasSize(1);
    }
    assertThat(TemporaryCopies.left()).isEmpty();
  }

  /** Whatever the moment at which a reader is given up. */
  @ParameterizedTest
  @EnumSource
  void noneIsLeftBehind(TraceFormat format) throws IOException {
    for (var seed : SeedFiles.of(format)) {
      var sound = seed.content();
      for (int records : new int[] {0, 1, Integer.MAX_VALUE}) {
        read(format, seed, seed.parts(sound), records);
      }
      for (int length = 0; length < sound.length; length += 1 + sound.length / 50) {
        read(format, seed, seed.parts(Arrays.copyOf(sound, length)), Integer.MAX_VALUE);
      }
    }
    assertThat(TemporaryCopies.left()).isEmpty();
  }

  /** The disk or the network fails in the middle of each file of the trace. */
  @ParameterizedTest
  @EnumSource
  void noneIsLeftBehindWhereReadingFails(TraceFormat format) throws IOException {
    for (var seed : SeedFiles.of(format)) {
      var sound = seed.parts(seed.content());
      for (int broken = 0; broken < sound.size(); broken++) {
        var parts = new ArrayList<>(sound);
        parts.set(broken, breakingOff(sound.get(broken)));
        read(format, seed, parts, Integer.MAX_VALUE);
      }
    }
    assertThat(TemporaryCopies.left()).isEmpty();
  }

  private static void read(TraceFormat format, Seed seed, List<TracePart> parts, int records)
      throws IOException {
    var context = new ReadContext(seed.context().model(), RoutingTable.DECODE);
    try (var reader = format.open(parts, context)) {
      for (int i = 0; i < records && reader.next().isPresent(); i++) {
        assertThat(i).isLessThan(100);
      }
    }
  }

  private static TracePart breakingOff(TracePart part) {
    return new TracePart(
        part.name(),
        () -> {
          try (var in = part.opener().open()) {
            var beginning = new ByteArrayInputStream(in.readNBytes(100));
            return new SequenceInputStream(beginning, new BrokenStream());
          }
        });
  }
}
