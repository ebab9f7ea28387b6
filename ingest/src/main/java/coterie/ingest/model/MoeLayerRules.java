package coterie.ingest.model;

import coterie.ingest.table.ModelGeometry;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which decoder layers are MoE, by the rule of each family's decoder layer in {@code modeling_*.py}
 * of huggingface/transformers; the others are dense.
 */
final class MoeLayerRules {

  private MoeLayerRules() {}

  static List<Integer> all(int layers) {
    return ModelGeometry.layersFrom(0, layers);
  }

  /**
   * {@code Qwen2MoeDecoderLayer}: {@code layer not in mlp_only_layers and (layer + 1) %
   * decoder_sparse_step == 0}.
   */
  static List<Integer> qwen(ConfigFields fields, int layers) {
    var dense = fields.numbers("mlp_only_layers");
    int step = positive(fields, "decoder_sparse_step");
    return where(
        layers, layer -> (dense == null || !dense.contains(layer)) && (layer + 1) % step == 0);
  }

  /**
   * {@code DeepseekV2DecoderLayer}, also of the model repositories' own code: {@code layer >=
   * first_k_dense_replace and layer % moe_layer_freq == 0}; a list of {@code moe_layer_freq} has a
   * 1 for each MoE layer. Version 5 of transformers may write {@code mlp_layer_types} instead.
   */
  static List<Integer> deepseek(ConfigFields fields, int layers) {
    if (fields.has("mlp_layer_types")) {
      return sparse(fields, layers);
    }
    var frequency = fields.find("moe_layer_freq");
    if (frequency != null && frequency.isArray()) {
      var flags = fields.numbers("moe_layer_freq");
      requireLength(fields, "moe_layer_freq", flags.size(), layers);
      int first = fields.number("first_k_dense_replace", 0);
      return where(layers, layer -> layer >= first && flags.get(layer) != 0);
    }
    int first = fields.number("first_k_dense_replace");
    int step = positive(fields, "moe_layer_freq");
    return where(layers, layer -> layer >= first && layer % step == 0);
  }

  private static List<Integer> sparse(ConfigFields fields, int layers) {
    var types = fields.find("mlp_layer_types");
    requireLength(fields, "mlp_layer_types", types.size(), layers);
    return where(layers, layer -> types.get(layer).asText().equals("sparse"));
  }

  /**
   * {@code Llama4TextConfig}: {@code moe_layers}, or else every {@code
   * interleave_moe_layer_step}-th layer: {@code range(step - 1, num_hidden_layers, step)}.
   */
  static List<Integer> llama4(ConfigFields fields, int layers) {
    var given = fields.numbers("moe_layers");
    if (given != null) {
      return given;
    }
    int step = positive(fields, "interleave_moe_layer_step");
    return where(layers, layer -> (layer + 1) % step == 0);
  }

  /**
   * {@code Ernie4_5_MoeDecoderLayer}: {@code (layer + 1) % moe_layer_interval == 0} from {@code
   * moe_layer_start_index} to {@code moe_layer_end_index}, where -1 is the last layer.
   */
  static List<Integer> ernie(ConfigFields fields, int layers) {
    int first = fields.number("moe_layer_start_index");
    int stated = fields.number("moe_layer_end_index", -1);
    int last = stated == -1 ? layers - 1 : stated;
    int step = positive(fields, "moe_layer_interval");
    return where(layers, layer -> layer >= first && layer <= last && (layer + 1) % step == 0);
  }

  private static int positive(ConfigFields fields, String field) {
    int step = fields.number(field, 1);
    if (step < 1) {
      throw fields.error("%s is %d, must be at least 1".formatted(field, step));
    }
    return step;
  }

  private static void requireLength(ConfigFields fields, String field, int length, int layers) {
    if (length != layers) {
      throw fields.error("%s has %d entries for %d layers".formatted(field, length, layers));
    }
  }

  private static List<Integer> where(int layers, IntPredicate moe) {
    return IntStream.range(0, layers).filter(moe).boxed().toList();
  }
}
