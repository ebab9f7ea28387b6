package coterie.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import coterie.jobs.Coterie;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others wrote is read as they meant it, and what we write is what they read. */
class EngineFilesTest {

  private static final List<List<Integer>> LAYER_1 = List.of(List.of(0, 1, 2), List.of(3, 0, 1));
  private static final List<List<Integer>> LAYER_2 = List.of(List.of(3, 0, 1), List.of(3, 2, 0));

  /** Written by the engines, or loaded by them without complaint. */
  @ParameterizedTest
  @CsvSource({
    "sglang, sglang_p2l.json",
    "sglang-pt, sglang_p2l.pt",
    "tensorrt-llm, trtllm_moe_load_balancer.yaml",
    "vllm-ascend, vllm_ascend_expert_map.json",
    "vllm-mapping, vllm_pr41141_mapping.jsonl",
    "vllm-list, vllm_pr49572_initial_map.json",
    "omni, omni_pattern.npy"
  })
  void filesOfTheEnginesHoldTheSmallPlan(String label, String name) throws Exception {
    var file = read(label, Files.readAllBytes(example(name)));
    assertThat(file.layers().get(1)).isEqualTo(inOrderOf(label, LAYER_1));
    assertThat(file.layers().get(2)).isEqualTo(inOrderOf(label, LAYER_2));
    assertThat(file.layers()).hasSize(2);
  }

  /** Omni's pattern has no order of slots. */
  private static List<List<Integer>> inOrderOf(String label, List<List<Integer>> layer) {
    return label.equals("omni")
        ? layer.stream().map(experts -> experts.stream().sorted().toList()).toList()
        : layer;
  }

  /** Where a format leaves no freedom, our bytes are the engine's. */
  @ParameterizedTest
  @CsvSource({
    "tensorrt-llm, trtllm_moe_load_balancer.yaml",
    "omni, omni_pattern.npy",
  })
  void ourBytesAreTheirs(String label, String name) throws IOException {
    assertThat(write(label)).isEqualTo(Files.readAllBytes(example(name)));
  }

  private static Path example(String name) {
    var folder =
        Optional.ofNullable(System.getenv("COTERIE_FORMATS"))
            .map(Path::of)
            .orElse(Coterie.root().resolve("../shared/formats"))
            .normalize();
    assumeTrue(
        Files.isDirectory(folder),
        "no files of engines in " + folder + "; set COTERIE_FORMATS to their folder");
    return folder.resolve(name);
  }

  @Test
  void sglangHasARowForEveryHiddenLayerUnderOneKey() throws Exception {
    var text = "{\"physical_to_logical_map\":[[0,1,2,3,0,1],[0,1,2,3,0,1],[3,0,1,3,2,0]]}\n";
    assertThat(new String(write("sglang"), StandardCharsets.UTF_8)).isEqualTo(text);
    // A dense row may hold anything.
    var other = "{\"physical_to_logical_map\":[[9,9,9,9,9,9],[0,1,2,3,0,1],[3,0,1,3,2,0]]}";
    assertThat(read("sglang", other.getBytes(StandardCharsets.UTF_8)).layers())
        .containsEntry(1, LAYER_1)
        .containsEntry(2, LAYER_2);
  }

  @Test
  void tensorRtLlmCountsHiddenLayersAndKeepsThePlacement() throws Exception {
    assertThat(new String(write("tensorrt-llm"), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            initial_global_assignments:
              1: [0, 1, 2, 3, 0, 1]
              2: [3, 0, 1, 3, 2, 0]
            layer_updates_per_iter: 0
            num_slots: 6
            """);
    // As PyYAML's default style writes it.
    var block =
        """
        initial_global_assignments:
          1:
          - 0
          - 1
          - 2
          - 3
          - 0
          - 1
          2: [3, 0, 1, 3, 2, 0]
        layer_updates_per_iter: 2
        num_slots: 6
        """;
    assertThat(read("tensorrt-llm", block.getBytes(StandardCharsets.UTF_8)).layers())
        .containsEntry(1, LAYER_1);
  }

  @Test
  void ascendCountsMoeLayersAndNamesDevices() {
    assertThat(new String(write("vllm-ascend"), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"moe_layer_count\":2,\"layer_list\":["
                + "{\"layer_id\":0,\"device_count\":2,\"device_list\":["
                + "{\"device_id\":0,\"device_expert\":[0,1,2]},"
                + "{\"device_id\":1,\"device_expert\":[3,0,1]}]},"
                + "{\"layer_id\":1,\"device_count\":2,\"device_list\":["
                + "{\"device_id\":0,\"device_expert\":[3,0,1]},"
                + "{\"device_id\":1,\"device_expert\":[3,2,0]}]}]}\n");
  }

  @Test
  void vllmsProposalsCountMoeLayers() throws Exception {
    assertThat(new String(write("vllm-mapping"), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"record_type\":\"eplb_initial_mapping\",\"version\":1,\"num_redundant_experts\":2,"
                + "\"num_slots\":6,\"initial_global_assignments\":"
                + "{\"0\":[0,1,2,3,0,1],\"1\":[3,0,1,3,2,0]}}\n");
    assertThat(new String(write("vllm-list"), StandardCharsets.UTF_8))
        .isEqualTo("[[0,1,2,3,0,1],[3,0,1,3,2,0]]\n");
    var oneForAll = "[3, 0, 1, 3, 2, 0]".getBytes(StandardCharsets.UTF_8);
    assertThat(read("vllm-list", oneForAll).layers())
        .containsEntry(1, LAYER_2)
        .containsEntry(2, LAYER_2);
  }

  /** The header that numpy.save writes: 10 bytes, 117 of text and spaces, a line feed. */
  @Test
  void phy2logIsAnInt64ArrayOfNumpy() throws Exception {
    var header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 6), }";
    var hex = new StringBuilder("934e554d505901007600");
    hex.append(HexFormat.of().formatHex(header.getBytes(StandardCharsets.US_ASCII)));
    hex.append("20".repeat(117 - header.length())).append("0a");
    for (int expert : new int[] {0, 1, 2, 3, 0, 1, 3, 0, 1, 3, 2, 0}) {
      hex.append("0%d00000000000000".formatted(expert));
    }
    var bytes = HexFormat.of().parseHex(hex);
    assertThat(write("phy2log")).isEqualTo(bytes);
    assertThat(read("phy2log", bytes).layers()).containsEntry(1, LAYER_1).containsEntry(2, LAYER_2);
  }

  private static byte[] write(String label) {
    return PlanFormat.require(label).bytes(SmallPlan.PLAN, SmallPlan.MODEL);
  }

  private static PlanFile read(String label, byte[] bytes) throws Exception {
    return PlanFormat.require(label).read(bytes, SmallPlan.MODEL, OptionalInt.of(2));
  }
}
