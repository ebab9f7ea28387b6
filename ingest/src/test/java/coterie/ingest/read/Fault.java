package coterie.ingest.read;

import coterie.ingest.block.BlockCutter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A broken input and what must come of it. */
final class Fault {

  static final String ALL = "[3 2|1 0][0 1|2 3][3 1|0 2][1 2|3 0]";

  private static final ReadContext TINY = new ReadContext(Models.TINY, null);

  private final TraceFormat format;
  private final String name;
  private final byte[] content;
  private final List<String> expected;

  private Fault(TraceFormat format, String name, byte[] content, List<String> expected) {
    this.format = format;
    this.name = name;
    this.content = content;
    this.expected = expected;
  }

  /** A whole file. */
  static Fault file(TraceFormat format, String name, byte[] content, String... expected) {
    return new Fault(format, name, content, List.of(expected));
  }

  /** A line between two sound ones, which must be kept; it is line 2. */
  static Fault between(
      TraceFormat format, String name, byte[] line, String sound, String... expected) {
    var all = new ArrayList<String>();
    all.add("1: ok decode@7 *");
    List.of(expected).stream().filter(text -> text.startsWith("2:")).forEach(all::add);
    all.add("3: ok decode@7 *");
    // What the cutter finds comes behind the records.
    List.of(expected).stream().filter(text -> !text.startsWith("2:")).forEach(all::add);
    var content = join(utf8(sound), utf8("\n"), line, utf8("\n"), utf8(sound));
    return new Fault(format, name, content, all);
  }

  Fault named(String other) {
    return new Fault(format, other, content, expected);
  }

  /**
   * What must come of it: the records as {@link Readers#describe} puts them, the ids of the sound
   * array of {@link NumpyBytes} as {@code *}; then what the {@link BlockCutter} found, for example
   * {@code 2@7 layer 0 id-out-of-range: experts [0, 4]}.
   */
  List<String> expected() {
    return expected;
  }

  /** What comes of it. */
  List<String> outcome() {
    var cutter = new BlockCutter(TINY.model());
    var lines = new ArrayList<String>();
    var part =
        new TracePart("trace", () -> TraceInput.decompress(new ByteArrayInputStream(content)));
    for (var record : records(part)) {
      lines.add(Readers.describe(record).replace(ALL, "*"));
      if (!(record instanceof TraceRecord.Rejected)) {
        cutter.cut(record);
      }
    }
    for (var reason : IssueReason.values()) {
      for (var sample : cutter.report().samples(reason)) {
        var place =
            sample.position() == null
                ? String.valueOf(sample.record())
                : sample.record() + "@" + sample.position() + " layer " + sample.layer();
        lines.add(place + " " + reason.label() + ": " + sample.detail());
      }
    }
    return lines;
  }

  private List<TraceRecord> records(TracePart part) {
    try (var reader = format.open(List.of(part), TINY)) {
      return Readers.records(reader);
    } catch (IOException thrown) {
      throw new UncheckedIOException(thrown);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public String toString() {
    return format.label() + ": " + name;
  }
}
