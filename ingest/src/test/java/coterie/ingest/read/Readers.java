package coterie.ingest.read;

import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads whole traces and prints records in one line each, for expectations that can be read. */
public final class Readers {

  private Readers() {}

  public static List<TraceRecord> records(TraceFormat format, byte[] content, ReadContext context) {
    var part = new TracePart("trace", () -> new ByteArrayInputStream(content));
    try (var reader = format.open(List.of(part), context)) {
      return records(reader);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Everything that a reader reads. */
  public static List<TraceRecord> records(TraceReader reader) {
    var records = new ArrayList<TraceRecord>();
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      records.add(next.get());
    }
    return records;
  }

  public static List<String> lines(TraceFormat format, ModelGeometry model, String... lines) {
    return lines(format, new ReadContext(model, null), lines);
  }

  public static List<String> lines(TraceFormat format, ReadContext context, String... lines) {
    var content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return records(format, content, context).stream().map(Readers::describe).toList();
  }

  /** For example {@code 1: r decode@10 [3 2|1 0][0 1|2 3]} or {@code 2: malformed: reason}. */
  public static String describe(TraceRecord record) {
    if (record instanceof TraceRecord.Rejected rejected) {
      return rejected.number() + ": " + rejected.reason().label() + ": " + rejected.detail();
    }
    if (record instanceof TraceRecord.Counted counted) {
      return "%d: %s step %s rank %s %s"
          .formatted(
              record.number(),
              counted.loads().phase() == null ? "mixed" : counted.loads().phase(),
              counted.loads().origin().step(),
              counted.loads().origin().rank(),
              Arrays.toString(counted.loads().counts()));
    }
    var text = new StringBuilder().append(record.number()).append(':');
    for (var run : ((TraceRecord.Routed) record).runs()) {
      text.append(' ')
          .append(run.origin().requestId() == null ? "-" : run.origin().requestId())
          .append(' ');
      text.append(run.phase()).append('@').append(run.firstPosition()).append(' ');
      for (int token = 0; token < run.tokens(); token++) {
        text.append('[');
        for (int layer = 0; layer < run.arrayLayers(); layer++) {
          text.append(layer == 0 ? "" : "|");
          for (int k = 0; k < run.topK(); k++) {
            text.append(k == 0 ? "" : " ").append(run.id(token, layer, k));
          }
        }
        text.append(']');
      }
    }
    return text.toString();
  }
}
