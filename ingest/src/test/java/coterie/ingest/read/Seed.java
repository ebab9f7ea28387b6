package coterie.ingest.read;

import coterie.ingest.container.Spool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;

/**
 * A small sound trace that a fuzz test breaks. Formats of several files override {@link #parts}.
 */
class Seed {

  private final byte[] content;
  private final ReadContext context;

  Seed(byte[] content, ReadContext context) {
    this.content = content;
    this.context = context;
  }

  /** Lines of text with {@code %s} where an array stands in base64. */
  static Seed ofLines(String template, byte[] array, ReadContext context) {
    return new Seed(filled(template, array), context) {
      @Override
      byte[] changedInside(int which, UnaryOperator<byte[]> change) {
        return filled(template, change.apply(array));
      }
    };
  }

  /** A ZIP file, packed anew around a change of one entry, so that its checksums are right. */
  static Seed ofZip(byte[] content, ReadContext context) {
    var entries = entries(content);
    var names = List.copyOf(entries.keySet());
    return new Seed(content, context) {
      @Override
      byte[] changedInside(int which, UnaryOperator<byte[]> change) {
        var changed = new LinkedHashMap<>(entries);
        changed.computeIfPresent(
            names.get(which % names.size()), (name, bytes) -> change.apply(bytes));
        return ZipText.zip(changed);
      }
    };
  }

  private static Map<String, byte[]> entries(byte[] content) {
    var entries = new LinkedHashMap<String, byte[]>();
    try (var spool = Spool.of(new ByteArrayInputStream(content));
        var zip = new ZipFile(spool.file().toFile())) {
      for (var entry : Collections.list(zip.entries())) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return entries;
  }

  private static byte[] filled(String template, byte[] array) {
    return Fault.utf8(template.replace("%s", NpyText.base64(array)));
  }

  /** The file. */
  byte[] content() {
    return content.clone();
  }

  ReadContext context() {
    return context;
  }

  /**
   * The file with a change in what it has packed, for example in base64.
   *
   * @param which of several things that are packed, any number from 0
   */
  byte[] changedInside(int which, UnaryOperator<byte[]> change) {
    return change.apply(content());
  }

  /** The trace around a changed file, as ingest opens it. */
  List<TracePart> parts(byte[] changed) {
    return List.of(
        new TracePart("trace", () -> TraceInput.decompress(new ByteArrayInputStream(changed))));
  }
}
