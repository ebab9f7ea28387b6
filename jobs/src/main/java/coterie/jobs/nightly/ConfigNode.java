package coterie.jobs.nightly;

import coterie.ingest.error.UserError;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of a YAML file; its errors name the file, the line, the key and the value. */
final class ConfigNode {

  private final String file;
  private final String path;
  private final int line;
  private final Map<String, Node> fields = new LinkedHashMap<>();
  private final TreeSet<String> asked = new TreeSet<>();

  private ConfigNode(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.line = line(node);
    if (!(node instanceof MappingNode mapping)) {
      throw error(file, line, path, "is no mapping", "keys with values belong there");
    }
    for (NodeTuple field : mapping.getValue()) {
      var key = field.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (fields.put(key, field.getValueNode()) != null) {
        throw error(
            file, line(field.getKeyNode()), at(key), "is there twice", "keep one of the two");
      }
    }
  }

  /** Parses plain YAML; nothing is made of it but text. */
  static ConfigNode parse(String file, String text) {
    try {
      var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      var root = yaml.compose(new StringReader(text));
      if (root == null) {
        throw UserError.usage(file + " is empty", "coterie nightly --help shows an example");
      }
      return new ConfigNode(file, "", root);
    } catch (MarkedYAMLException broken) {
      throw error(
          file,
          broken.getProblemMark().getLine() + 1,
          "",
          String.valueOf(broken.getProblem()),
          "the file must be YAML");
    } catch (YAMLException broken) {
      throw UserError.usage(
          "%s: %s".formatted(file, broken.getMessage().lines().findFirst().orElse("no YAML")),
          "the file must be YAML");
    }
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static UserError error(
      String file, int line, String path, String problem, String advice) {
    var place = "%s, line %d%s".formatted(file, line, path.isEmpty() ? "" : ", " + path);
    return UserError.usage("%s: %s".formatted(place, problem), advice);
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** What is wrong with a field that is there, or missing. */
  UserError wrong(String key, String problem, String advice) {
    var node = fields.get(key);
    return error(file, node == null ? line : line(node), at(key), problem, advice);
  }

  private Optional<Node> field(String key) {
    asked.add(key);
    return Optional.ofNullable(fields.get(key));
  }

  boolean has(String key) {
    return fields.containsKey(key);
  }

  /** A mapping of its own. */
  Optional<ConfigNode> section(String key) {
    return field(key).map(node -> new ConfigNode(file, at(key), node));
  }

  ConfigNode requiredSection(String key, String advice) {
    return section(key).orElseThrow(() -> wrong(key, "is missing", advice));
  }

  Optional<String> text(String key) {
    return field(key).map(node -> scalar(key, node));
  }

  String requiredText(String key, String advice) {
    return text(key).orElseThrow(() -> wrong(key, "is missing", advice));
  }

  private String scalar(String key, Node node) {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    throw wrong(key, "is no single value", "one value belongs there");
  }

  /** A whole number that is at least {@code least}. */
  Optional<Long> whole(String key, long least) {
    return text(key).map(value -> whole(key, value, least));
  }

  private long whole(String key, String value, long least) {
    try {
      long number = Long.parseLong(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // The same message as for a number that is too small.
    }
    throw wrong(
        key, "'%s' is no whole number of at least %d".formatted(value, least), "change the value");
  }

  /** A number in a closed range. */
  Optional<Double> number(String key, double least, double most) {
    return text(key)
        .map(
            value -> {
              double number = number(value);
              if (number >= least && number <= most) {
                return number;
              }
              throw wrong(
                  key,
                  "'%s' is no number from %s to %s".formatted(value, least, most),
                  "change the value");
            });
  }

  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException notOne) {
      return Double.NaN;
    }
  }

  /** A value that {@code find} knows. */
  <T> Optional<T> choice(String key, Function<String, Optional<T>> find, List<String> names) {
    return text(key)
        .map(
            value ->
                find.apply(value)
                    .orElseThrow(
                        () ->
                            wrong(
                                key,
                                "'%s' is unknown".formatted(value),
                                "one of: " + String.join(", ", names))));
  }

  /** Values of a list, or one value alone. */
  List<String> texts(String key) {
    var node = field(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (!(node.get() instanceof SequenceNode list)) {
      return List.of(scalar(key, node.get()));
    }
    return list.getValue().stream().map(value -> scalar(key, value)).toList();
  }

  /** The mappings of a list. */
  List<ConfigNode> sections(String key) {
    var node = field(key);
    if (node.isEmpty()) {
      return List.of();
    }
    if (!(node.get() instanceof SequenceNode list)) {
      throw wrong(key, "is no list", "entries that begin with a hyphen belong there");
    }
    var sections = new ArrayList<ConfigNode>();
    for (int i = 0; i < list.getValue().size(); i++) {
      sections.add(new ConfigNode(file, "%s[%d]".formatted(at(key), i), list.getValue().get(i)));
    }
    return List.copyOf(sections);
  }

  /** Keys as they are written. */
  List<String> keys() {
    return List.copyOf(fields.keySet());
  }

  /** Fails on a key that nobody asked for. */
  void requireAllKnown() {
    for (String key : fields.keySet()) {
      if (!asked.contains(key)) {
        throw wrong(key, "is unknown", "one of: " + String.join(", ", asked));
      }
    }
  }
}
