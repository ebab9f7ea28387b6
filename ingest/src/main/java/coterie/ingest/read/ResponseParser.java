package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Decodes the base64 of {@code routed_experts} out of the bytes of the line.
 *
 * <p>Nearly all of a response is this one string. Jackson would make characters of it, then a
 * string, then bytes again; here it comes as an embedded object, the decoded bytes. A string that
 * is no plain base64 stays a string, for the reader to refuse.
 */
final class ResponseParser extends JsonParserDelegate {

  private static final String FIELD = "routed_experts";

  private final byte[] line;
  private byte[] decoded;

  /** A parser on a parser of {@code line}. */
  ResponseParser(JsonParser parser, byte[] line) {
    super(parser);
    this.line = line;
  }

  @Override
  public JsonToken nextToken() throws IOException {
    decoded = null;
    var token = delegate.nextToken();
    if (token == JsonToken.VALUE_STRING && FIELD.equals(delegate.currentName())) {
      decoded = decode((int) delegate.currentTokenLocation().getByteOffset() + 1);
    }
    return decoded == null ? token : JsonToken.VALUE_EMBEDDED_OBJECT;
  }

  private byte[] decode(int start) {
    if (start < 1 || start > line.length || line[start - 1] != '"') {
      // Not UTF-8: the place counts something else.
      return null;
    }
    int end = start;
    while (end < line.length && line[end] != '"') {
      end++;
    }
    try {
      var bytes = Base64.getDecoder().decode(ByteBuffer.wrap(line, start, end - start));
      return bytes.array().length == bytes.remaining() ? bytes.array() : null;
    } catch (IllegalArgumentException notPlain) {
      return null;
    }
  }

  @Override
  public JsonToken currentToken() {
    return decoded == null ? delegate.currentToken() : JsonToken.VALUE_EMBEDDED_OBJECT;
  }

  @Override
  public int currentTokenId() {
    return currentToken() == null ? 0 : currentToken().id();
  }

  @Override
  public Object getEmbeddedObject() throws IOException {
    return decoded == null ? delegate.getEmbeddedObject() : decoded;
  }
}
