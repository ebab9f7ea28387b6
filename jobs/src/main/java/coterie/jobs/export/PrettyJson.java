package coterie.jobs.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Indented JSON whose lists stay on one line as long as they hold no objects. */
final class PrettyJson {

  private static final String STEP = "  ";

  private PrettyJson() {}

  static String of(JsonNode value) {
    return of(value, "");
  }

  private static String of(JsonNode value, String indent) {
    var inner = indent + STEP;
    if (value.isObject() && !value.isEmpty()) {
      return value.properties().stream()
          .map(
              field ->
                  inner + TextNode.valueOf(field.getKey()) + ": " + of(field.getValue(), inner))
          .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
    }
    if (value.isArray() && holdsObjects(value)) {
      return stream(value)
          .map(item -> inner + of(item, inner))
          .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
    }
    if (value.isArray()) {
      return stream(value).map(item -> of(item, inner)).collect(Collectors.joining(", ", "[", "]"));
    }
    return value.toString();
  }

  private static boolean holdsObjects(JsonNode array) {
    return stream(array).anyMatch(JsonNode::isObject);
  }

  private static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
