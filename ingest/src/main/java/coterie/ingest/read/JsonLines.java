package coterie.ingest.read;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BinaryNode;
import coterie.ingest.container.LineReader;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.OptionalInt;

/** Reader of one JSON object a line; subclasses say what an object means. */
abstract class JsonLines extends LineRecords {

  private static final int MAX_DEPTH = 64;

  /** The end of the year 9999 in UTC. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private static final ObjectMapper MAPPER = mapper();

  JsonLines(InputStream in) {
    this(new LineReader(in));
  }

  JsonLines(LineReader lines) {
    super(lines);
  }

  /** The text or number of a field, levels separated by dots; null if there is none. */
  static String field(JsonNode root, String path) {
    if (path == null) {
      return null;
    }
    var node = root.at("/" + path.replace('.', '/'));
    return node.isValueNode() && !node.isNull() ? node.asText() : null;
  }

  private static ObjectMapper mapper() {
    var mapper =
        JsonMapper.builder()
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // Of two fields of one name Jackson would keep the last without a word.
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(LineReader.defaultMaxLineBytes())
                .build());
    return mapper;
  }

  /** Parses a line for format detection. */
  static JsonNode parse(byte[] line) throws IOException {
    return MAPPER.readTree(line);
  }

  @Override
  final void readLine(byte[] line) throws MalformedException {
    JsonNode root;
    try (var parser = new ResponseParser(MAPPER.getFactory().createParser(line), line)) {
      root = MAPPER.readTree(parser);
    } catch (JsonProcessingException malformed) {
      throw new MalformedException(malformed.getOriginalMessage());
    } catch (IOException malformed) {
      throw new MalformedException(String.valueOf(malformed.getMessage()));
    }
    MalformedException.unless(root != null && root.isObject(), "not a JSON object");
    read(root);
  }

  /** Reads one line: calls {@link #accept} or {@link #reject} once for each record in it. */
  abstract void read(JsonNode root) throws MalformedException;

  /** The bytes of a base64 field, which {@link ResponseParser} may have decoded already. */
  static byte[] base64(JsonNode field) throws MalformedException {
    if (field instanceof BinaryNode decoded) {
      return decoded.binaryValue();
    }
    MalformedException.unless(field.isTextual(), "routed_experts is not a string");
    try {
      return Base64.getDecoder().decode(field.textValue().getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedException("routed_experts is not base64: " + notBase64.getMessage());
    }
  }

  /**
   * When the server took the request: {@code created} of the OpenAI routes, else null.
   *
   * @throws MalformedException if it is a number, but of no second from 1970 to 9999
   */
  static Instant arrival(JsonNode root) throws MalformedException {
    var created = root.path("created");
    if (!created.isIntegralNumber()) {
      return null;
    }
    MalformedException.unless(
        created.canConvertToLong()
            && created.longValue() >= 0
            && created.longValue() <= LAST_SECOND,
        "created is %s, no time in seconds since 1970",
        created);
    return Instant.ofEpochSecond(created.longValue());
  }

  /**
   * A number of tokens, empty where the field is missing or null.
   *
   * @throws MalformedException if it is anything but a whole number that an int holds
   */
  static OptionalInt tokens(JsonNode counts, String field) throws MalformedException {
    var value = counts.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalInt.empty();
    }
    MalformedException.unless(
        value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0,
        "%s is %s, must be a whole number from 0 to %d",
        field,
        value.isValueNode() ? value : value.getNodeType(),
        Integer.MAX_VALUE);
    return OptionalInt.of(value.intValue());
  }
}
