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
  private final ReadContext context;
  private final List<TracePart> parts;
  private final List<String> expected;

  private Fault(
      TraceFormat format,
      String name,
      ReadContext context,
      List<TracePart> parts,
      List<String> expected) {
    this.format = format;
    this.name = name;
    this.context = context;
    this.parts = parts;
    this.expected = expected;
  }

  /** A trace of one file or several. */
  static Fault trace(TraceFormat format, String name, List<TracePart> parts, String... expected) {
    return new Fault(format, name, TINY, parts, List.of(expected));
  }

  /** A file as ingest opens it. */
  static TracePart part(String name, byte[] content) {
    return new TracePart(name, () -> TraceInput.decompress(new ByteArrayInputStream(content)));
  }

  /** A whole file. */
  static Fault file(TraceFormat format, String name, byte[] content, String... expected) {
    return trace(format, name, List.of(part("trace", content)), expected);
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
    return file(format, name, content, all.toArray(String[]::new));
  }

  Fault named(String other) {
    return new Fault(format, other, context, parts, expected);
  }

  /** The same with what else the reader is told. */
  Fault in(ReadContext other) {
    return new Fault(format, name, other, parts, expected);
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
    var cutter = new BlockCutter(context.model());
    var lines = new ArrayList<String>();
    for (var record : records()) {
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

  private List<TraceRecord> records() {
    try (var reader = format.open(parts, context)) {
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
