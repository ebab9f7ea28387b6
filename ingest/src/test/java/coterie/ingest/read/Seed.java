package coterie.ingest.read;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.function.UnaryOperator;

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
      byte[] changedInside(UnaryOperator<byte[]> change) {
        return filled(template, change.apply(array));
      }
    };
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

  /** The file with a change in what it has packed, for example in base64. */
  byte[] changedInside(UnaryOperator<byte[]> change) {
    return change.apply(content());
  }

  /** The trace around a changed file, as ingest opens it. */
  List<TracePart> parts(byte[] changed) {
    return List.of(
        new TracePart("trace", () -> TraceInput.decompress(new ByteArrayInputStream(changed))));
  }
}
