package coterie.ingest.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import coterie.ingest.error.UserError;
import org.junit.jupiter.api.Test;

class ModelShapesTest {

  /** Expert sizes that are published beside the shapes: 44.0 MB in fp8, 13.2 MB in MXFP4. */
  @Test
  void presetsReproducePublishedExpertSizes() {
    assertThat(megabytes("deepseek-v3")).isCloseTo(44.04, within(0.01));
    assertThat(megabytes("gpt-oss-20b")).isCloseTo(13.22, within(0.01));
    assertThat(megabytes("mixtral-8x7b")).isCloseTo(352.3, within(0.1));
    assertThat(megabytes("qwen3-30b-a3b")).isCloseTo(9.44, within(0.01));
  }

  @Test
  void denseLayersAreLeftOut() {
    var v3 = ModelPresets.find("deepseek-v3").orElseThrow();
    assertThat(v3.moeLayers()).hasSize(58).startsWith(3, 4).endsWith(60);
    var maverick = ModelPresets.find("llama4-maverick").orElseThrow();
    assertThat(maverick.moeLayers()).hasSize(24).startsWith(1, 3).endsWith(47);
  }

  @Test
  void everyUnconfirmedPresetIsThere() {
    assertThat(ModelPresets.names()).filteredOn(ModelPresets::unconfirmed).hasSize(12);
    assertThat(ModelPresets.names()).contains("gpt-oss-20b", "deepseek-v2-lite", "qwen3-30b-a3b");
    assertThat(ModelPresets.unconfirmed("gpt-oss-20b")).isFalse();
  }

  @Test
  void aModelFileNeedsThreeNumbers() {
    var model =
        ModelFile.parse("m.json", "{\"hidden_layers\":3,\"experts\":8,\"top_k\":2}", "m", "r");
    assertThat(model.moeLayers()).containsExactly(0, 1, 2);
    assertThat(model.size()).isEmpty();
    assertThat(model.revision()).isEqualTo("r");
  }

  @Test
  void aModelFileSaysEverything() {
    var json =
        """
        {"hidden_layers": 4, "moe_layers": [1, 3], "experts": 64, "top_k": 6,
         "shared_experts": 2, "hidden_size": 2048, "expert_intermediate_size": 1408,
         "bytes_per_weight": 1, "expert_groups": 8}
        """;
    var model = ModelFile.parse("m.json", json, "m", "main");
    assertThat(model.moeLayers()).containsExactly(1, 3);
    assertThat(model.size().orElseThrow().intermediate()).isEqualTo(1408);
    assertThat(model.expertGroups()).isEqualTo(8);
  }

  @Test
  void wrongModelFilesAreNamed() {
    wrong(
        "{\"hidden_layers\":3,\"experts\":8}",
        "model file m.json: top_k is missing, must be an integer");
    wrong(
        "{\"hidden_layers\":3,\"experts\":8,\"topk\":2}",
        "model file m.json: unknown field 'topk'");
    wrong(
        "{\"hidden_layers\":3,\"experts\":8,\"top_k\":9}",
        "model file m.json: top_k is 9, which cannot be");
    wrong(
        "{\"hidden_layers\":3,\"moe_layers\":[2,1],\"experts\":8,\"top_k\":2}",
        "model file m.json: moe_layers is [2, 1], which cannot be");
    wrong("[]", "model file m.json is not a JSON object");
    assertThatThrownBy(() -> ModelFile.parse("m.json", "{", "m", "main"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("model file m.json is not JSON");
  }

  private static void wrong(String json, String message) {
    assertThatThrownBy(() -> ModelFile.parse("m.json", json, "m", "main"))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  private static double megabytes(String name) {
    var size = ModelPresets.find(name).orElseThrow().size().orElseThrow();
    return 3.0 * size.hidden() * size.intermediate() * size.bytesPerWeight() / 1e6;
  }
}
