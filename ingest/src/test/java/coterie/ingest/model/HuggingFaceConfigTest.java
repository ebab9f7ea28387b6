package coterie.ingest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelGeometry.ExpertSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fields of the models' published {@code config.json} that bear on their shape. */
class HuggingFaceConfigTest {

  /** What is built in was read from the same files, so both must say the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          mixtral-8x7b | "model_type": "mixtral", "num_hidden_layers": 32, "hidden_size": 4096, "intermediate_size": 14336, "num_local_experts": 8, "num_experts_per_tok": 2, "torch_dtype": "bfloat16"
          mixtral-8x22b | "model_type": "mixtral", "num_hidden_layers": 56, "hidden_size": 6144, "intermediate_size": 16384, "num_local_experts": 8, "num_experts_per_tok": 2, "torch_dtype": "bfloat16"
          deepseek-moe-16b | "model_type": "deepseek", "num_hidden_layers": 28, "first_k_dense_replace": 1, "moe_layer_freq": 1, "hidden_size": 2048, "intermediate_size": 10944, "moe_intermediate_size": 1408, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "torch_dtype": "bfloat16"
          deepseek-v2-lite | "model_type": "deepseek_v2", "num_hidden_layers": 27, "first_k_dense_replace": 1, "moe_layer_freq": 1, "hidden_size": 2048, "intermediate_size": 10944, "moe_intermediate_size": 1408, "n_group": 1, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6
          deepseek-v2 | "model_type": "deepseek_v2", "num_hidden_layers": 60, "first_k_dense_replace": 1, "moe_layer_freq": 1, "hidden_size": 5120, "intermediate_size": 12288, "moe_intermediate_size": 1536, "n_group": 8, "n_routed_experts": 160, "n_shared_experts": 2, "num_experts_per_tok": 6
          deepseek-v3 | "model_type": "deepseek_v3", "num_hidden_layers": 61, "first_k_dense_replace": 3, "moe_layer_freq": 1, "hidden_size": 7168, "intermediate_size": 18432, "moe_intermediate_size": 2048, "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "num_nextn_predict_layers": 1, "torch_dtype": "bfloat16", "quantization_config": {"quant_method": "fp8", "fmt": "e4m3"}
          deepseek-v3.2 | "model_type": "deepseek_v32", "num_hidden_layers": 61, "first_k_dense_replace": 3, "hidden_size": 7168, "moe_intermediate_size": 2048, "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "quantization_config": {"quant_method": "fp8"}
          kimi-k2 | "model_type": "kimi_k2", "num_hidden_layers": 61, "first_k_dense_replace": 1, "moe_layer_freq": 1, "hidden_size": 7168, "moe_intermediate_size": 2048, "n_group": 1, "n_routed_experts": 384, "n_shared_experts": 1, "num_experts_per_tok": 8, "quantization_config": {"quant_method": "fp8"}
          kimi-k2 | "model_type": "kimi_k25", "text_config": {"model_type": "kimi_k2", "num_hidden_layers": 61, "first_k_dense_replace": 1, "hidden_size": 7168, "moe_intermediate_size": 2048, "n_group": 1, "n_routed_experts": 384, "n_shared_experts": 1, "num_experts_per_tok": 8, "quantization_config": {"quant_method": "fp8"}}
          glm-4.5 | "model_type": "glm4_moe", "num_hidden_layers": 92, "first_k_dense_replace": 3, "hidden_size": 5120, "moe_intermediate_size": 1536, "n_group": 1, "n_routed_experts": 160, "n_shared_experts": 1, "num_experts_per_tok": 8, "torch_dtype": "bfloat16"
          glm-4.5-air | "model_type": "glm4_moe", "num_hidden_layers": 46, "first_k_dense_replace": 1, "hidden_size": 4096, "moe_intermediate_size": 1408, "n_group": 1, "n_routed_experts": 128, "n_shared_experts": 1, "num_experts_per_tok": 8, "torch_dtype": "bfloat16"
          glm-5 | "model_type": "glm_moe_dsa", "num_hidden_layers": 78, "first_k_dense_replace": 3, "moe_layer_freq": 1, "hidden_size": 6144, "moe_intermediate_size": 2048, "n_group": 1, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "dtype": "bfloat16"
          qwen1.5-moe-a2.7b | "model_type": "qwen2_moe", "num_hidden_layers": 24, "decoder_sparse_step": 1, "hidden_size": 2048, "intermediate_size": 5632, "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_experts": 60, "num_experts_per_tok": 4, "torch_dtype": "bfloat16"
          qwen2-57b-a14b | "model_type": "qwen2_moe", "num_hidden_layers": 28, "decoder_sparse_step": 1, "mlp_only_layers": [], "hidden_size": 3584, "moe_intermediate_size": 2560, "shared_expert_intermediate_size": 20480, "num_experts": 64, "num_experts_per_tok": 8
          qwen3-30b-a3b | "model_type": "qwen3_moe", "num_hidden_layers": 48, "decoder_sparse_step": 1, "mlp_only_layers": [], "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "torch_dtype": "bfloat16"
          qwen3-235b-a22b | "model_type": "qwen3_moe", "num_hidden_layers": 94, "decoder_sparse_step": 1, "mlp_only_layers": [], "hidden_size": 4096, "moe_intermediate_size": 1536, "num_experts": 128, "num_experts_per_tok": 8
          qwen3-next-80b-a3b | "model_type": "qwen3_next", "num_hidden_layers": 48, "decoder_sparse_step": 1, "mlp_only_layers": [], "hidden_size": 2048, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "num_experts": 512, "num_experts_per_tok": 10
          qwen3.5-397b-a17b | "model_type": "qwen3_5_moe", "text_config": {"model_type": "qwen3_5_moe_text", "num_hidden_layers": 60, "hidden_size": 4096, "moe_intermediate_size": 1024, "shared_expert_intermediate_size": 1024, "num_experts": 512, "num_experts_per_tok": 10, "dtype": "bfloat16"}
          olmoe-1b-7b | "model_type": "olmoe", "num_hidden_layers": 16, "hidden_size": 2048, "intermediate_size": 1024, "num_experts": 64, "num_experts_per_tok": 8, "torch_dtype": "bfloat16"
          gpt-oss-20b | "model_type": "gpt_oss", "num_hidden_layers": 24, "hidden_size": 2880, "intermediate_size": 2880, "num_local_experts": 32, "num_experts_per_tok": 4, "experts_per_token": 4, "quantization_config": {"quant_method": "mxfp4"}
          gpt-oss-120b | "model_type": "gpt_oss", "num_hidden_layers": 36, "hidden_size": 2880, "intermediate_size": 2880, "num_local_experts": 128, "experts_per_token": 4, "quantization_config": {"quant_method": "mxfp4"}
          minimax-m1 | "model_type": "minimax_m1", "num_hidden_layers": 80, "hidden_size": 6144, "intermediate_size": 9216, "shared_intermediate_size": 0, "num_local_experts": 32, "num_experts_per_tok": 2
          minimax-m2 | "model_type": "minimax_m2", "num_hidden_layers": 62, "hidden_size": 3072, "intermediate_size": 1536, "shared_intermediate_size": 0, "num_local_experts": 256, "num_experts_per_tok": 8
          llama4-scout | "model_type": "llama4", "text_config": {"model_type": "llama4_text", "num_hidden_layers": 48, "interleave_moe_layer_step": 1, "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_local_experts": 16, "num_experts_per_tok": 1}, "torch_dtype": "bfloat16"
          llama4-maverick | "model_type": "llama4", "text_config": {"model_type": "llama4_text", "num_hidden_layers": 48, "interleave_moe_layer_step": 2, "hidden_size": 5120, "intermediate_size": 8192, "intermediate_size_mlp": 16384, "num_local_experts": 128, "num_experts_per_tok": 1}, "torch_dtype": "bfloat16"
          phi-3.5-moe | "model_type": "phimoe", "num_hidden_layers": 32, "hidden_size": 4096, "intermediate_size": 6400, "num_local_experts": 16, "num_experts_per_tok": 2, "torch_dtype": "bfloat16"
          granite-3.0-1b-a400m | "model_type": "granitemoe", "num_hidden_layers": 24, "hidden_size": 1024, "intermediate_size": 512, "num_local_experts": 32, "num_experts_per_tok": 8, "torch_dtype": "bfloat16"
          """)
  void saysWhatIsBuiltIn(String preset, String fields) {
    assertThat(parse("{" + fields + "}").named(preset, "main"))
        .isEqualTo(ModelPresets.find(preset).orElseThrow());
  }

  @Test
  void shapesWithoutAPreset() {
    assertThat(
            parse(
                """
                {"model_type": "ernie4_5_moe", "num_hidden_layers": 28, "hidden_size": 2560,
                 "intermediate_size": 12288, "moe_intermediate_size": 1536, "moe_num_experts": 64,
                 "moe_k": 6, "moe_num_shared_experts": 2, "moe_layer_start_index": 1,
                 "moe_layer_end_index": 27, "moe_layer_interval": 1, "torch_dtype": "bfloat16"}
                """))
        .isEqualTo(shape(28, ModelGeometry.layersFrom(1, 28), 64, 6, 2, 2560, 1536));
    assertThat(
            parse(
                """
                {"model_type": "dbrx", "n_layers": 40, "d_model": 6144, "torch_dtype": "bfloat16",
                 "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4}}
                """))
        .isEqualTo(shape(40, ModelGeometry.layersFrom(0, 40), 16, 4, 0, 6144, 10752));
  }

  /** Eight layers of each rule. */
  @Test
  void denseLayersByTheRuleOfTheFamily() {
    assertThat(deepseek("\"first_k_dense_replace\": 3")).containsExactly(3, 4, 5, 6, 7);
    // 2 is too early, 3, 5 and 7 are odd.
    assertThat(deepseek("\"first_k_dense_replace\": 3, \"moe_layer_freq\": 2"))
        .containsExactly(4, 6);
    assertThat(deepseek("\"moe_layer_freq\": [0, 1, 0, 1, 1, 1, 1, 0]"))
        .containsExactly(1, 3, 4, 5, 6);
    assertThat(
            deepseek(
                """
                "first_k_dense_replace": 1, "mlp_layer_types": ["dense", "dense", "sparse",
                 "sparse", "sparse", "sparse", "sparse", "sparse"]"""))
        .containsExactly(2, 3, 4, 5, 6, 7);
    // Layers 2 and 5 are every third; the list takes out 5.
    assertThat(qwen("\"decoder_sparse_step\": 3, \"mlp_only_layers\": [5]")).containsExactly(2);
    assertThat(qwen("\"mlp_only_layers\": [0, 7]")).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(llama4("\"interleave_moe_layer_step\": 3")).containsExactly(2, 5);
    assertThat(llama4("\"interleave_moe_layer_step\": 3, \"moe_layers\": [0, 6]"))
        .containsExactly(0, 6);
    assertThat(llama4("\"interleave_moe_layer_step\": 2, \"moe_layers\": null"))
        .containsExactly(1, 3, 5, 7);
    assertThat(ernie("\"moe_layer_start_index\": 2, \"moe_layer_end_index\": 6"))
        .containsExactly(2, 3, 4, 5, 6);
    assertThat(
            ernie(
                "\"moe_layer_start_index\": 2, \"moe_layer_end_index\": -1,"
                    + " \"moe_layer_interval\": 2"))
        .containsExactly(3, 5, 7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "torch_dtype": "bfloat16" | 2
          "dtype": "float16" | 2
          "torch_dtype": "float32" | 4
          "torch_dtype": null | 2
          "quantization_config": {"quant_method": "fp8"}, "torch_dtype": "bfloat16" | 1
          "quantization_config": {"quant_method": "mxfp4"} | 0.53125
          "quantization_config": {"quant_method": "awq", "bits": 4} | 0.5
          "quantization_config": {"quant_method": "gptq", "bits": 8} | 1
          "quantization_config": null, "dtype": "float32" | 4
          """)
  void bytesOfAWeight(String fields, double bytes) {
    assertThat(mixtral(fields).size().orElseThrow().bytesPerWeight()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"architectures": ["MixtralForCausalLM"]} | model_type is missing, must name the architecture
          {"model_type": 7} | model_type is 7, must be a text
          {"model_type": "mixtral"} | num_hidden_layers is missing, must be an integer
          {"model_type": "mixtral", "num_hidden_layers": 2} | num_local_experts is missing, must be an integer
          {"model_type": "mixtral", "num_hidden_layers": "2"} | num_hidden_layers is "2", must be an integer
          {"model_type": "mixtral", "num_hidden_layers": 2000000000} | num_hidden_layers is 2000000000, at most 10000
          {"model_type": "granitemoe", "num_hidden_layers": 2, "num_local_experts": 0} | num_local_experts is 0, the model has no experts
          {"model_type": "dbrx", "n_layers": 2} | ffn_config.moe_num_experts is missing, must be an integer
          {"model_type": "gpt_oss", "num_hidden_layers": 2, "num_local_experts": 4, "hidden_size": 8, "intermediate_size": 8} | experts_per_token is missing, must be an integer
          {"model_type": "mixtral", "num_hidden_layers": 2, "num_local_experts": 4, "hidden_size": 8, "intermediate_size": 8, "num_experts_per_tok": 5} | top_k is 5, which cannot be
          {"model_type": "qwen3_moe", "num_hidden_layers": 2, "num_experts": 4, "hidden_size": 8, "moe_intermediate_size": 8, "num_experts_per_tok": 2, "decoder_sparse_step": 3} | moe_layers is [], which cannot be
          {"model_type": "qwen3_moe", "num_hidden_layers": 2, "num_experts": 4, "hidden_size": 8, "moe_intermediate_size": 8, "num_experts_per_tok": 2, "decoder_sparse_step": 0} | decoder_sparse_step is 0, must be at least 1
          {"model_type": "qwen3_moe", "num_hidden_layers": 2, "num_experts": 4, "hidden_size": 8, "moe_intermediate_size": 8, "num_experts_per_tok": 2, "mlp_only_layers": 1} | mlp_only_layers is 1, must be a list of integers
          {"model_type": "deepseek_v3", "num_hidden_layers": 2, "n_routed_experts": 4, "hidden_size": 8, "moe_intermediate_size": 8, "num_experts_per_tok": 2} | first_k_dense_replace is missing, must be an integer
          {"model_type": "deepseek_v3", "num_hidden_layers": 2, "n_routed_experts": 4, "hidden_size": 8, "moe_intermediate_size": 8, "num_experts_per_tok": 2, "moe_layer_freq": [1]} | moe_layer_freq has 1 entries for 2 layers
          {"model_type": "mixtral", "num_hidden_layers": 2, "num_local_experts": 4, "hidden_size": 8, "intermediate_size": 8, "quantization_config": {"quant_method": "bitnet"}} | quantization_config.quant_method is "bitnet", known: fp8, mxfp4, awq, gptq
          {"model_type": "mixtral", "num_hidden_layers": 2, "num_local_experts": 4, "hidden_size": 8, "intermediate_size": 8, "quantization_config": {"quant_method": "awq"}} | quantization_config.bits is missing, must be an integer
          """)
  void whatIsMissingIsNamed(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(UserError.class)
        .hasMessage("model file config.json: " + message);
  }

  @Test
  void aModelWithoutExpertsIsNamedWithTheTypesThatAreKnown() {
    assertThatThrownBy(() -> parse("{\"model_type\": \"llama\", \"num_hidden_layers\": 32}"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "model file config.json: model_type 'llama' is no Mixture-of-Experts model known here;"
                + " known: dbrx, deepseek, deepseek_v2, ");
  }

  private static ModelGeometry shape(
      int layers, List<Integer> moe, int experts, int topK, int shared, int hidden, int width) {
    var size = new ExpertSize(hidden, width, 2);
    return new ModelGeometry("m", "main", layers, moe, experts, topK, shared, size, 1);
  }

  private static List<Integer> deepseek(String fields) {
    return layers("deepseek_v3", "n_routed_experts", "moe_intermediate_size", fields);
  }

  private static List<Integer> qwen(String fields) {
    return layers("qwen3_moe", "num_experts", "moe_intermediate_size", fields);
  }

  private static List<Integer> llama4(String fields) {
    return layers("llama4_text", "num_local_experts", "intermediate_size", fields);
  }

  private static List<Integer> ernie(String fields) {
    return layers("ernie4_5_moe", "moe_num_experts", "moe_intermediate_size", fields);
  }

  private static List<Integer> layers(String type, String experts, String width, String fields) {
    return parse(
            """
            {"model_type": "%s", "num_hidden_layers": 8, "hidden_size": 16, "%s": 4, "%s": 8,
             "num_experts_per_tok": 2, "moe_k": 2, %s}
            """
                .formatted(type, experts, width, fields))
        .moeLayers();
  }

  private static ModelGeometry mixtral(String fields) {
    return parse(
        """
        {"model_type": "mixtral", "num_hidden_layers": 2, "hidden_size": 16,
         "intermediate_size": 8, "num_local_experts": 4, "num_experts_per_tok": 2, %s}
        """
            .formatted(fields));
  }

  private static ModelGeometry parse(String json) {
    return ModelFile.parse("config.json", json, "m", "main");
  }
}
