package coterie.ingest.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelGeometry.ExpertSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model's shape in JSON, for models that have no preset.
 *
 * <p>Needed: {@code hidden_layers}, {@code experts}, {@code top_k}. Optional: {@code moe_layers} (a
 * list of layer ids; default all), {@code shared_experts} (0), {@code expert_groups} (1), and to
 * model times {@code hidden_size}, {@code expert_intermediate_size}, {@code bytes_per_weight} (2).
 *
 * <p>A model's own {@code config.json} of Hugging Face is taken as well, see {@link
 * HuggingFaceConfig}.
 */
public final class ModelFile {

  private static final Set<String> FIELDS =
      new TreeSet<>(
          List.of(
              "hidden_layers",
              "moe_layers",
              "experts",
              "top_k",
              "shared_experts",
              "hidden_size",
              "expert_intermediate_size",
              "bytes_per_weight",
              "expert_groups"));

  private final String path;
  private final JsonNode root;

  private ModelFile(String path, JsonNode root) {
    this.path = path;
    this.root = root;
  }

  /**
   * Parses a model file.
   *
   * @param path named in errors
   * @throws UserError naming the file and the field that is wrong
   */
  public static ModelGeometry parse(String path, String json, String name, String revision) {
    try {
      var root = new ObjectMapper().readTree(json);
      return HuggingFaceConfig.recognises(root)
          ? new HuggingFaceConfig(path, root).geometry(name, revision)
          : new ModelFile(path, root).geometry(name, revision);
    } catch (JsonProcessingException malformed) {
      throw UserError.data(
          "model file %s is not JSON: %s".formatted(path, malformed.getOriginalMessage()),
          "line %d, column %d"
              .formatted(
                  malformed.getLocation().getLineNr(), malformed.getLocation().getColumnNr()));
    }
  }

  private ModelGeometry geometry(String name, String revision) {
    if (!root.isObject()) {
      throw UserError.data("model file %s is not a JSON object".formatted(path), adviceOnFields());
    }
    root.fieldNames().forEachRemaining(this::requireKnown);
    int hiddenLayers = number("hidden_layers");
    try {
      return new ModelGeometry(
          name,
          revision,
          hiddenLayers,
          moeLayers(hiddenLayers),
          number("experts"),
          number("top_k"),
          root.has("shared_experts") ? number("shared_experts") : 0,
          expertSize(),
          root.has("expert_groups") ? number("expert_groups") : 1);
    } catch (IllegalArgumentException impossible) {
      throw UserError.data("model file " + path + ": " + impossible.getMessage(), adviceOnFields());
    }
  }

  private void requireKnown(String field) {
    if (!FIELDS.contains(field)) {
      throw UserError.data(
          "model file %s: unknown field '%s'".formatted(path, field), adviceOnFields());
    }
  }

  private List<Integer> moeLayers(int hiddenLayers) {
    if (!root.has("moe_layers")) {
      return ModelGeometry.layersFrom(0, hiddenLayers);
    }
    var layers = new ArrayList<Integer>();
    for (JsonNode layer : root.get("moe_layers")) {
      if (!layer.isInt()) {
        throw UserError.data(
            "model file %s: moe_layers holds %s".formatted(path, layer), "layer ids are integers");
      }
      layers.add(layer.intValue());
    }
    return layers;
  }

  private ExpertSize expertSize() {
    if (!root.has("hidden_size") && !root.has("expert_intermediate_size")) {
      return null;
    }
    double bytesPerWeight = root.path("bytes_per_weight").asDouble(2);
    return new ExpertSize(
        number("hidden_size"), number("expert_intermediate_size"), bytesPerWeight);
  }

  private int number(String field) {
    var value = root.get(field);
    if (value == null || !value.isInt()) {
      throw UserError.data(
          "model file %s: %s is %s, must be an integer"
              .formatted(path, field, value == null ? "missing" : value),
          adviceOnFields());
    }
    return value.intValue();
  }

  private static String adviceOnFields() {
    return "known fields: " + String.join(", ", FIELDS);
  }
}
