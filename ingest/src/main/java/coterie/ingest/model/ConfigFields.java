package coterie.ingest.model;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.error.UserError;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a {@code config.json}, levels separated by dots. What is wrong is a {@link
 * UserError} that names file and field.
 */
final class ConfigFields {

  private final String path;
  private final JsonNode root;

  ConfigFields(String path, JsonNode root) {
    this.path = path;
    this.root = root;
  }

  /** The value of a field, null where it is missing or null. */
  JsonNode find(String field) {
    var value = root.at("/" + field.replace('.', '/'));
    return value.isMissingNode() || value.isNull() ? null : value;
  }

  boolean has(String field) {
    return find(field) != null;
  }

  /** A text, null where there is none. */
  String text(String field) {
    var value = find(field);
    if (value != null && !value.isTextual()) {
      throw wrong(field, value, "a text");
    }
    return value == null ? null : value.textValue();
  }

  /** A count that must be there. */
  int number(String field) {
    return wholeNumber(field, find(field));
  }

  /** A count with a default. */
  int number(String field, int otherwise) {
    return has(field) ? number(field) : otherwise;
  }

  /** A list of counts, null where there is none. */
  List<Integer> numbers(String field) {
    var value = find(field);
    if (value == null) {
      return null;
    }
    if (!value.isArray()) {
      throw wrong(field, value, "a list of integers");
    }
    var numbers = new ArrayList<Integer>();
    value.forEach(element -> numbers.add(wholeNumber(field, element)));
    return numbers;
  }

  private int wholeNumber(String field, JsonNode value) {
    if (value == null || !value.isInt()) {
      throw wrong(field, value, "an integer");
    }
    return value.intValue();
  }

  private UserError wrong(String field, JsonNode value, String expected) {
    return error(
        "%s is %s, must be %s".formatted(field, value == null ? "missing" : value, expected));
  }

  /** An error about this file. */
  UserError error(String message) {
    return UserError.data(
        "model file %s: %s".formatted(path, message),
        "maybe describe the model in a file of its own, with hidden_layers, experts and top_k");
  }
}
