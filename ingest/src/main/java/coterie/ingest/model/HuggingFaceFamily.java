package coterie.ingest.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Architectures whose {@code config.json} have the same fields, read from the {@code
 * configuration_*.py} and {@code modeling_*.py} of huggingface/transformers.
 */
enum HuggingFaceFamily {
  /** Mixtral, and those that took over its names. */
  MIXTRAL("num_local_experts", "intermediate_size") {
    @Override
    int sharedExperts(ConfigFields fields) {
      return fields.number("shared_intermediate_size", 0) > 0 ? 1 : 0;
    }

    /** The published gpt-oss has both names, an earlier one had the second alone. */
    @Override
    int topK(ConfigFields fields) {
      return fields.has(TOP_K) ? fields.number(TOP_K) : fields.number("experts_per_token");
    }
  },
  OLMOE("num_experts", "intermediate_size"),
  /** Shared experts of Qwen are one wide expert; a width of 0 is none. */
  QWEN("num_experts", "moe_intermediate_size") {
    @Override
    int sharedExperts(ConfigFields fields) {
      return fields.number("shared_expert_intermediate_size", 0) > 0 ? 1 : 0;
    }

    @Override
    List<Integer> moeLayers(ConfigFields fields, int layers) {
      return MoeLayerRules.qwen(fields, layers);
    }
  },
  DEEPSEEK("n_routed_experts", "moe_intermediate_size") {
    @Override
    int sharedExperts(ConfigFields fields) {
      return fields.number("n_shared_experts", 0);
    }

    @Override
    List<Integer> moeLayers(ConfigFields fields, int layers) {
      return MoeLayerRules.deepseek(fields, layers);
    }
  },
  /** One shared expert, always ({@code Llama4TextMoe}). */
  LLAMA4("num_local_experts", "intermediate_size") {
    @Override
    int sharedExperts(ConfigFields fields) {
      return 1;
    }

    @Override
    List<Integer> moeLayers(ConfigFields fields, int layers) {
      return MoeLayerRules.llama4(fields, layers);
    }
  },
  ERNIE("moe_num_experts", "moe_intermediate_size") {
    @Override
    int topK(ConfigFields fields) {
      return fields.number("moe_k");
    }

    @Override
    int sharedExperts(ConfigFields fields) {
      return fields.number("moe_num_shared_experts", 0);
    }

    @Override
    List<Integer> moeLayers(ConfigFields fields, int layers) {
      return MoeLayerRules.ernie(fields, layers);
    }
  },
  DBRX("ffn_config.moe_num_experts", "ffn_config.ffn_hidden_size") {
    @Override
    String layersField() {
      return "n_layers";
    }

    @Override
    String hiddenField() {
      return "d_model";
    }

    @Override
    int topK(ConfigFields fields) {
      return fields.number("ffn_config.moe_top_k");
    }
  };

  private static final String TOP_K = "num_experts_per_tok";

  /** What language models inside of others have behind their type. */
  private static final String INNER = "_text";

  /** {@code model_type} to family, in order. */
  private static final Map<String, HuggingFaceFamily> TYPES = new TreeMap<>();

  static {
    add(
        MIXTRAL,
        "mixtral",
        "phimoe",
        "granitemoe",
        "granitemoeshared",
        "gpt_oss",
        "minimax",
        "minimax_m1",
        "minimax_m2",
        "minimax_text_01");
    add(OLMOE, "olmoe");
    add(QWEN, "qwen2_moe", "qwen3_moe", "qwen3_next", "qwen3_vl_moe", "qwen3_5_moe");
    add(
        DEEPSEEK,
        "deepseek",
        "deepseek_v2",
        "deepseek_v3",
        "deepseek_v32",
        "kimi_k2",
        "glm4_moe",
        "glm4_moe_lite",
        "glm_moe_dsa");
    add(LLAMA4, "llama4");
    add(ERNIE, "ernie4_5_moe");
    add(DBRX, "dbrx");
  }

  private final String expertsField;
  private final String widthField;

  HuggingFaceFamily(String expertsField, String widthField) {
    this.expertsField = expertsField;
    this.widthField = widthField;
  }

  private static void add(HuggingFaceFamily family, String... types) {
    for (var type : types) {
      TYPES.put(type, family);
    }
  }

  /** The family of a {@code model_type}. */
  static Optional<HuggingFaceFamily> find(String type) {
    var own = type.endsWith(INNER) ? type.substring(0, type.length() - INNER.length()) : type;
    return Optional.ofNullable(TYPES.get(own));
  }

  /** Every {@code model_type} that is known, in order. */
  static List<String> types() {
    return List.copyOf(TYPES.keySet());
  }

  String layersField() {
    return "num_hidden_layers";
  }

  String hiddenField() {
    return "hidden_size";
  }

  /** Experts of a MoE layer. */
  String expertsField() {
    return expertsField;
  }

  /** Width of one expert. */
  String widthField() {
    return widthField;
  }

  int topK(ConfigFields fields) {
    return fields.number(TOP_K);
  }

  int sharedExperts(ConfigFields fields) {
    return 0;
  }

  List<Integer> moeLayers(ConfigFields fields, int layers) {
    return MoeLayerRules.all(layers);
  }
}
