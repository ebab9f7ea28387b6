package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.container.LineReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The beginning of a file, as far as it takes to tell its format: the first bytes as they are, and
 * the first lines, whole, where it is text.
 */
public final class TraceHead {

  /** Most bytes of {@link #bytes}. */
  private static final int HEAD_BYTES = 1 << 16;

  private static final int LINES = 10;

  private static final JsonFactory JSON = new JsonFactory();

  /** Where a ZIP entry's header has the length of its name, and where the name begins. */
  private static final int ZIP_NAME_LENGTH_AT = 26;

  private static final int ZIP_NAME_AT = 30;

  private final byte[] bytes;
  private final List<byte[]> lines = new ArrayList<>();
  private final List<JsonNode> objects = new ArrayList<>();

  private TraceHead(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the beginning of decompressed content. A file that breaks off in it is known by what came
   * before; its reader reports the break.
   */
  public static TraceHead read(InputStream in) {
    var bytes = new byte[HEAD_BYTES];
    int size = 0;
    boolean more = true;
    while (more && size < HEAD_BYTES) {
      try {
        int count = in.read(bytes, size, HEAD_BYTES - size);
        more = count > 0;
        size += Math.max(0, count);
      } catch (IOException broken) {
        more = false;
      }
    }
    var head = new TraceHead(Arrays.copyOf(bytes, size));
    if (head.isText()) {
      var rest = more ? in : InputStream.nullInputStream();
      head.readLines(
          new LineReader(new SequenceInputStream(new ByteArrayInputStream(head.bytes), rest)));
    }
    return head;
  }

  private boolean isText() {
    int zeros = 0;
    for (byte b : bytes) {
      zeros += b == 0 ? 1 : 0;
    }
    return zeros == 0;
  }

  private void readLines(LineReader reader) {
    try {
      for (int i = 0; i < LINES; i++) {
        var line = reader.next();
        if (line == null) {
          return;
        }
        lines.add(line);
        addObject(line);
      }
    } catch (IOException broken) {
      // What came before the break decides.
    }
  }

  private void addObject(byte[] line) {
    try {
      var json = JsonLines.parse(line);
      if (json.isObject()) {
        objects.add(json);
      }
    } catch (IOException notJson) {
      // One broken line does not decide the format.
    }
  }

  /** The first bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first bytes as characters, one each. */
  public String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** True if the content begins with these bytes. */
  public boolean startsWith(int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** The name of the first entry of a ZIP file; empty if it is none. */
  public String firstZipEntry() {
    if (!startsWith('P', 'K', 3, 4) || bytes.length < ZIP_NAME_AT) {
      return "";
    }
    int length = (bytes[ZIP_NAME_LENGTH_AT] & 0xFF) | (bytes[ZIP_NAME_LENGTH_AT + 1] & 0xFF) << 8;
    int end = Math.min(bytes.length, ZIP_NAME_AT + length);
    return new String(Arrays.copyOfRange(bytes, ZIP_NAME_AT, end), StandardCharsets.UTF_8);
  }

  /**
   * The names of the fields of a JSON object, of those that begin within the first bytes; none if
   * the content is no JSON object.
   */
  public Set<String> fields() {
    var fields = new HashSet<String>();
    try (var json = JSON.createParser(bytes)) {
      boolean more = json.nextToken() == JsonToken.START_OBJECT;
      while (more && json.nextToken() == JsonToken.FIELD_NAME) {
        fields.add(json.currentName());
        json.nextToken();
        json.skipChildren();
      }
    } catch (IOException cutOff) {
      // The object goes on behind the first bytes, or is none.
    }
    return fields;
  }

  /** The first lines of a text, at most ten. */
  public List<byte[]> lines() {
    return List.copyOf(lines);
  }

  /** Those of the first lines that are JSON objects. */
  public List<JsonNode> objects() {
    return List.copyOf(objects);
  }
}
