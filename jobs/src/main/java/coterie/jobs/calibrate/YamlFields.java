package coterie.jobs.calibrate;

import coterie.ingest.error.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Fields of a YAML mapping that says which of them it was not asked for. */
final class YamlFields {

  private final String place;
  private final Map<String, Object> values;
  private final TreeSet<String> used = new TreeSet<>();

  private YamlFields(String place, Map<String, Object> values) {
    this.place = place;
    this.values = values;
  }

  /** Parses plain YAML: no tags that make objects. */
  static YamlFields parse(String file, String text) {
    try {
      var root = new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(text);
      return of(file, root == null ? Map.of() : root);
    } catch (YAMLException broken) {
      var message = broken.getMessage().lines().findFirst().orElse("no YAML");
      throw UserError.data("%s: %s".formatted(file, message), "the file must be YAML");
    }
  }

  private static YamlFields of(String place, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw UserError.data(
          "%s: '%s' is no mapping".formatted(place, value), "fields with values belong there");
    }
    var fields = new TreeMap<String, Object>();
    map.forEach((key, field) -> fields.put(String.valueOf(key), field));
    return new YamlFields(place, fields);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** A mapping of its own; empty if it is not there. */
  YamlFields section(String field) {
    used.add(field);
    return of(place + ", " + field, values.getOrDefault(field, Map.of()));
  }

  String text(String field, String otherwise) {
    used.add(field);
    return String.valueOf(values.getOrDefault(field, otherwise));
  }

  double number(String field, double otherwise) {
    used.add(field);
    var value = values.get(field);
    if (value == null) {
      return otherwise;
    }
    try {
      // YAML 1.1 reads 25e-6, without a point, as text.
      double number = Double.parseDouble(String.valueOf(value));
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Falls through to the same message as a number that cannot be.
    }
    throw UserError.data(
        "%s, %s: '%s' is no number".formatted(place, field, value), "a number belongs there");
  }

  int whole(String field, int otherwise) {
    double number = number(field, otherwise);
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw UserError.data(
          "%s, %s: %s is not whole".formatted(place, field, number),
          "a whole number belongs there");
    }
    return (int) number;
  }

  /** A constant of an enum, in lower case. */
  <T extends Enum<T>> T choice(String field, T otherwise, Class<T> type) {
    var name = text(field, otherwise.name().toLowerCase(Locale.ROOT));
    for (var constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(name)) {
        return constant;
      }
    }
    throw UserError.data(
        "%s, %s: '%s' is none there is".formatted(place, field, name),
        "one of: "
            + Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  /** What {@code preset} names, or what there is without it. */
  <T> T preset(T otherwise, Function<String, Optional<T>> find, List<String> names) {
    var name = text("preset", "");
    if (name.isEmpty()) {
      return otherwise;
    }
    return find.apply(name)
        .orElseThrow(
            () ->
                UserError.data(
                    "%s: no preset '%s'".formatted(place, name),
                    "one of: " + String.join(", ", names)));
  }

  /** Makes a value of the fields, and complains about those that it did not ask for. */
  <T> T build(Supplier<T> maker) {
    try {
      var made = maker.get();
      requireAllUsed();
      return made;
    } catch (IllegalArgumentException impossible) {
      throw UserError.data(
          "%s: %s".formatted(place, impossible.getMessage()), "change what the message names");
    }
  }

  /** Fails on a field that nobody asked for. */
  void requireAllUsed() {
    for (var field : values.keySet()) {
      if (!used.contains(field)) {
        throw UserError.data(
            "%s: unknown field '%s'".formatted(place, field), "one of: " + String.join(", ", used));
      }
    }
  }
}
