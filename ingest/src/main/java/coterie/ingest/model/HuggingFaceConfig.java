package coterie.ingest.model;

import com.fasterxml.jackson.databind.JsonNode;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelGeometry.ExpertSize;
import java.util.List;

/**
 * A model's shape from its {@code config.json} of Hugging Face.
 *
 * <p>{@code model_type} says which family's fields the shape is in, see {@link HuggingFaceFamily}.
 * Models that also see or hear keep the shape of their language model in {@code text_config}.
 */
final class HuggingFaceConfig {

  private static final String TEXT = "text_config";

  /** Far more than any model has; a list of the MoE layers is made from this number. */
  private static final int MAX_LAYERS = 10_000;

  /** Of the part that describes the language model. */
  private final ConfigFields text;

  /** Of the whole file. */
  private final ConfigFields all;

  HuggingFaceConfig(String path, JsonNode root) {
    this.all = new ConfigFields(path, root);
    this.text = root.path(TEXT).isObject() ? new ConfigFields(path, root.get(TEXT)) : all;
  }

  /** True if a JSON file is of this kind and not a {@link ModelFile}. */
  static boolean recognises(JsonNode root) {
    return root.has("model_type") || root.has("architectures");
  }

  /**
   * The shape.
   *
   * @throws UserError naming the file and the field that is missing or wrong
   */
  ModelGeometry geometry(String name, String revision) {
    var family = family();
    int layers = text.number(family.layersField());
    if (layers > MAX_LAYERS) {
      throw text.error("%s is %d, at most %d".formatted(family.layersField(), layers, MAX_LAYERS));
    }
    int experts = text.number(family.expertsField());
    if (experts == 0) {
      throw text.error("%s is 0, the model has no experts".formatted(family.expertsField()));
    }
    int width = text.number(family.widthField());
    var size = new ExpertSize(text.number(family.hiddenField()), width, bytesPerWeight());
    try {
      return new ModelGeometry(
          name,
          revision,
          layers,
          family.moeLayers(text, layers),
          experts,
          family.topK(text),
          family.sharedExperts(text),
          size,
          text.number("n_group", 1));
    } catch (IllegalArgumentException impossible) {
      throw text.error(impossible.getMessage());
    }
  }

  private HuggingFaceFamily family() {
    var type = text.has("model_type") ? text.text("model_type") : all.text("model_type");
    if (type == null) {
      throw all.error("model_type is missing, must name the architecture");
    }
    return HuggingFaceFamily.find(type)
        .orElseThrow(
            () ->
                all.error(
                    "model_type '%s' is no Mixture-of-Experts model known here; known: %s"
                        .formatted(type, String.join(", ", HuggingFaceFamily.types()))));
  }

  private double bytesPerWeight() {
    for (var fields : List.of(all, text)) {
      if (fields.has("quantization_config")) {
        return quantized(fields);
      }
    }
    var type = dtype();
    return switch (type == null ? "auto" : type) {
      case "float32" -> 4;
      case "bfloat16", "float16", "auto" -> 2;
      case "float8_e4m3fn" -> 1;
      default -> throw all.error("torch_dtype is \"%s\", which is not known here".formatted(type));
    };
  }

  /** The type of the weights; {@code dtype} is what version 5 of transformers calls it. */
  private String dtype() {
    for (var fields : List.of(text, all)) {
      for (var field : List.of("dtype", "torch_dtype")) {
        if (fields.has(field)) {
          return fields.text(field);
        }
      }
    }
    return null;
  }

  /** MXFP4 has 4 bits a weight and a byte of scale for 32; other scales are left out. */
  private static double quantized(ConfigFields fields) {
    var method = fields.text("quantization_config.quant_method");
    return switch (method == null ? "" : method) {
      case "fp8" -> 1;
      case "mxfp4" -> 4.25 / 8;
      case "awq", "gptq" -> fields.number("quantization_config.bits") / 8.0;
      default ->
          throw fields.error(
              "quantization_config.quant_method is %s, known: fp8, mxfp4, awq, gptq"
                  .formatted(method == null ? "missing" : "\"" + method + "\""));
    };
  }
}
