package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.ingest.container.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Strict JSON: one value a file, no key twice, no key that nobody knows. */
final class JsonFile {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private JsonFile() {}

  /** One value on one line. */
  static byte[] line(Object value) {
    try {
      return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** For people to read: indented, but arrays of numbers on one line. */
  static byte[] pretty(JsonNode value) {
    return (PrettyJson.of(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static JsonNode parse(byte[] file) throws MalformedException {
    try {
      var node = MAPPER.readTree(file);
      unless(!node.isMissingNode(), "is empty");
      return node;
    } catch (JsonProcessingException wrong) {
      throw new MalformedException("is no JSON: " + wrong.getOriginalMessage());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Refuses an object that has other keys than these. */
  static void requireKeys(JsonNode object, Set<String> allowed) throws MalformedException {
    unless(object.isObject(), "holds no JSON object");
    var unknown = new TreeSet<String>();
    object.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(allowed);
    unless(
        unknown.isEmpty(),
        "has key '%s', known are: %s",
        unknown.stream().findFirst().orElse(""),
        String.join(", ", new TreeSet<>(allowed)));
  }

  static JsonNode field(JsonNode object, String name) throws MalformedException {
    var field = object.get(name);
    unless(field != null, "has no %s", name);
    return field;
  }

  static String text(JsonNode object, String name) throws MalformedException {
    var field = field(object, name);
    unless(field.isTextual(), "%s is %s, must be a text", name, field);
    return field.textValue();
  }

  static int integer(JsonNode object, String name) throws MalformedException {
    return integerAt(field(object, name), name);
  }

  static long longInteger(JsonNode object, String name) throws MalformedException {
    var field = field(object, name);
    unless(field.canConvertToLong() && field.isIntegralNumber(), "%s is %s", name, field);
    return field.longValue();
  }

  private static int integerAt(JsonNode value, String name) throws MalformedException {
    unless(
        value.isIntegralNumber() && value.canConvertToInt(),
        "%s holds %s where an integer must be",
        name,
        value);
    return value.intValue();
  }

  static List<Integer> integers(JsonNode array, String name) throws MalformedException {
    unless(array.isArray(), "%s is no list", name);
    var values = new ArrayList<Integer>();
    for (var value : array) {
      values.add(integerAt(value, name));
    }
    return values;
  }

  static List<String> texts(JsonNode object, String name) throws MalformedException {
    var array = field(object, name);
    unless(array.isArray(), "%s is no list", name);
    var values = new ArrayList<String>();
    for (var value : array) {
      unless(value.isTextual(), "%s holds %s where a text must be", name, value);
      values.add(value.textValue());
    }
    return values;
  }

  /** A list of lists. */
  static List<List<Integer>> rows(JsonNode array, String name) throws MalformedException {
    unless(array.isArray() && !array.isEmpty(), "%s is no list of layers", name);
    var rows = new ArrayList<List<Integer>>();
    for (var row : array) {
      rows.add(integers(row, name));
    }
    return rows;
  }
}
