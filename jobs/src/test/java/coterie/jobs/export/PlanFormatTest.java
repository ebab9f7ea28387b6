package coterie.jobs.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlanFormatTest {

  /** DeepSeek-V3's layers: 61, the first three dense; shuffled placements with spares. */
  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadBack(PlanFormat format) throws MalformedException {
    var layers = ModelGeometry.layersFrom(3, 61);
    var model = new ModelGeometry("large", "main", 61, layers, 64, 8, 1, null, 8);
    var cluster = new Cluster(2, 8, 9);
    var placements = new TreeMap<Integer, Placement>();
    for (int layer : layers) {
      placements.put(layer, shuffled(cluster, new SeededRandom(layer)));
    }
    var header = SmallPlan.PLAN.header();
    var plan =
        new Plan(
            new Plan.Header(
                "p",
                "large",
                "main",
                header.datasets(),
                header.phase(),
                cluster,
                header.batches(),
                header.planner(),
                header.router(),
                1,
                2,
                3),
            placements);
    var bytes = format.bytes(plan, model);
    assertThat(format.bytes(plan, model)).isEqualTo(bytes);
    var read = format.read(bytes, model, OptionalInt.of(8));
    assertThat(read.layers().keySet()).containsExactlyElementsOf(layers);
    read.layers()
        .forEach(
            (layer, ranks) -> {
              for (int gpu = 0; gpu < 8; gpu++) {
                var held = GpuExperts.of(placements.get(layer), gpu);
                assertThat(ranks.get(gpu))
                    .isEqualTo(format == PlanFormat.OMNI ? held.stream().sorted().toList() : held);
              }
            });
    if (format == PlanFormat.COTERIE) {
      assertThat(read.header()).contains(plan.header());
    }
  }

  /** Experts 0 to 63 shuffled over the first eight slots of each GPU, a spare in the ninth. */
  private static Placement shuffled(Cluster cluster, SeededRandom random) {
    var order = java.util.stream.IntStream.range(0, 64).toArray();
    random.shuffle(order);
    var slots = new int[cluster.slots()];
    for (int gpu = 0; gpu < 8; gpu++) {
      System.arraycopy(order, 8 * gpu, slots, 9 * gpu, 8);
      slots[9 * gpu + 8] = order[(8 * gpu + 8) % 64];
    }
    return Placement.of(cluster, 64, slots);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "sglang | {\"physical_to_logical_map\": [[0]], \"x\": 1} | has key 'x', known are: physical_to_logical_map",
        "sglang | {\"logical_count\": [[1]]} | holds logical_count, loads from which SGLang plans at start, and no placement",
        "sglang | {\"physical_to_logical_map\": [[0,1],[0,1]]} | has 2 layers, model small has 3 hidden layers",
        "sglang | {\"physical_to_logical_map\": 5} | physical_to_logical_map is no list of layers",
        "sglang | {\"physical_to_logical_map\": [[0,1,2],[0,1.5,2],[0]]} | physical_to_logical_map holds 1.5 where an integer must be",
        "sglang | {\"physical_to_logical_map\": [[0,1],[0,1,2,3],[0,1]]} | layer 2 has 2 slots, layer 1 has 4",
        "sglang | {\"physical_to_logical_map\": [[],[0,1,2],[0,1,2]]} | layer 1 has 3 slots, which do not divide over 2 GPUs",
        "sglang | {\"physical_to_logical_map\": [[],[0,4],[0,1]]} | layer 1 holds expert 4, model small has experts 0 to 3",
        "sglang | nothing | is no JSON: Unrecognized token 'nothing': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        "sglang | `` | is empty",
        "sglang-pt | PK | is no archive of PyTorch: zip END header not found",
        "tensorrt-llm | initial_global_assignments: {1: [0], 2: [0]}\\nnum_slots: 1\\nep_size: 2 | has key 'ep_size', which TensorRT-LLM refuses",
        "tensorrt-llm | initial_global_assignments: {0: [0], 1: [0]}\\nnum_slots: 1 | has layer 0; the MoE layers of model small are 1 to 2",
        "tensorrt-llm | initial_global_assignments: {1: [0]}\\nnum_slots: 1 | has no list for layer 2",
        "tensorrt-llm | initial_global_assignments: {1: [0], 2: [1]}\\nnum_slots: 3 | num_slots is 3, layer 1 has 1 slots",
        "tensorrt-llm | initial_global_assignments: {1: [a], 2: [1]}\\nnum_slots: 1 | layer 1 holds a",
        "tensorrt-llm | !!java.net.URL [x] | is no YAML: Global tag is not allowed: tag:yaml.org,2002:java.net.URL",
        "vllm-ascend | {\"moe_layer_count\": 2, \"layer_list\": []} | moe_layer_count is 2, layer_list has 0",
        "vllm-ascend | {\"moe_layer_count\": 0, \"layer_list\": []} | has 0 layers, model small has 2 MoE layers",
        "vllm-mapping | {\"record_type\": \"eplb_load_meta\", \"version\": 1} | is 'eplb_load_meta' version 1, must be 'eplb_initial_mapping' version 1",
        "vllm-mapping | {\"record_type\": \"eplb_initial_mapping\", \"version\": 1, \"num_slots\": 2, \"num_redundant_experts\": 0, \"initial_global_assignments\": {\"0\": [0, 1], \"1\": [0, 1]}} | 2 slots of which 0 redundant make 2 experts, model small has 4",
        "vllm-mapping | {\"record_type\": \"eplb_initial_mapping\", \"version\": 1, \"num_slots\": 2, \"num_redundant_experts\": 0, \"initial_global_assignments\": {\"1\": [0, 1], \"2\": [0, 1]}} | has no 0",
        "vllm-list | {} | is no list of slots",
        "vllm-list | [[0, 1, 2, 3]] | has 1 layers, model small has 2 MoE layers",
        "phy2log | x | no npy array",
        "coterie | {\"coterie_plan\": 2} | has version 2, this Coterie reads 1",
      })
  void whatCannotBeIsRefused(String label, String content, String message) {
    var bytes = content.replace("\\n", "\n").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> PlanFormat.require(label).read(bytes, SmallPlan.MODEL, OptionalInt.of(2)))
        .isInstanceOf(MalformedException.class)
        .hasMessage(message);
  }

  @Test
  void ascendDevicesMustHaveAsManyExperts() {
    var file =
        new String(
                PlanFormat.VLLM_ASCEND.bytes(SmallPlan.PLAN, SmallPlan.MODEL),
                StandardCharsets.UTF_8)
            .replace("[3,2,0]", "[3,2]");
    assertThatThrownBy(() -> read(PlanFormat.VLLM_ASCEND, file))
        .hasMessage("layer_id 1: device 1 has 2 experts, device 0 has 3");
    var twice = file.replace("\"device_id\":1", "\"device_id\":0");
    assertThatThrownBy(() -> read(PlanFormat.VLLM_ASCEND, twice))
        .hasMessage("layer_id 0: device_id 0 is there twice, or not below 2");
    var layer = file.replace("\"layer_id\":1", "\"layer_id\":0");
    assertThatThrownBy(() -> read(PlanFormat.VLLM_ASCEND, layer))
        .hasMessage("layer_id 0 is there twice, or not below 2");
  }

  @Test
  void anOmniPatternHoldsZerosAndOnes() {
    var bytes = PlanFormat.OMNI.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    bytes[bytes.length - 4] = 2;
    assertThatThrownBy(() -> PlanFormat.OMNI.read(bytes, SmallPlan.MODEL, OptionalInt.empty()))
        .hasMessage("device 1, layer 2, expert 3 is 2, must be 0 or 1");
  }

  private static PlanFile read(PlanFormat format, String file) throws MalformedException {
    return format.read(file.getBytes(StandardCharsets.UTF_8), SmallPlan.MODEL, OptionalInt.empty());
  }

  @Test
  void theNumberOfGpusIsAskedForWhereTheFormatDoesNotSayIt() {
    var bytes = PlanFormat.SGLANG.bytes(SmallPlan.PLAN, SmallPlan.MODEL);
    assertThatThrownBy(() -> PlanFormat.SGLANG.read(bytes, SmallPlan.MODEL, OptionalInt.empty()))
        .isInstanceOf(UserError.class)
        .hasMessage("the file does not say how many GPUs its slots are on");
  }

  /** Uneven GPUs: only our own format holds them. */
  @ParameterizedTest
  @EnumSource
  void unevenPlansAreRefusedByName(PlanFormat format) throws MalformedException {
    var uneven = Cluster.ofSlots(1, 4, 2);
    var plan = SmallPlan.plan(uneven, new int[] {0, 1, 2, 3, 0, 1}, new int[] {0, 1, 2, 3, 2, 0});
    if (format == PlanFormat.COTERIE) {
      var read =
          format.read(format.bytes(plan, SmallPlan.MODEL), SmallPlan.MODEL, OptionalInt.empty());
      assertThat(read.layers()).containsEntry(2, List.of(List.of(0, 1, 2, 3), List.of(2, 0)));
      assertThat(read.header()).contains(plan.header());
    } else {
      assertThatThrownBy(() -> format.bytes(plan, SmallPlan.MODEL))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("plan 'tonight' has 2 GPUs x 4+2 slots in layer 1; ");
    }
  }

  @Test
  void anEngineIsToldWhatItMustKnow() {
    var file = Path.of("x.json");
    assertThat(PlanFormat.SGLANG.start(file, SmallPlan.PLAN, SmallPlan.MODEL).options())
        .isEqualTo(
            "--init-expert-location x.json --ep-size 2 --ep-num-redundant-experts 2"
                + " --ep-dispatch-algorithm static");
    var drawn =
        SmallPlan.plan(
            SmallPlan.PLAN.header().cluster(),
            "sglang-dynamic",
            new int[] {0, 1, 2, 3, 0, 1},
            new int[] {0, 1, 2, 3, 2, 0});
    assertThat(PlanFormat.SGLANG_PT.start(file, drawn, SmallPlan.MODEL).options())
        .endsWith("--ep-dispatch-algorithm dynamic");
    assertThat(PlanFormat.TENSORRT_LLM.start(file, SmallPlan.PLAN, SmallPlan.MODEL).options())
        .contains("moe_config: {load_balancer: x.json}");
    for (var proposed : List.of(PlanFormat.VLLM_LIST, PlanFormat.VLLM_MAPPING)) {
      var start = proposed.start(file, SmallPlan.PLAN, SmallPlan.MODEL);
      assertThat(start.options()).contains("\"num_redundant_experts\": 2");
      assertThat(start.notes().get(0)).startsWith("PROVISIONAL");
    }
  }

  @Test
  void namesOfFilesSayTheirFormat() {
    assertThatThrownBy(() -> PlanFormat.SGLANG_PT.requireEnding(Path.of("plan.json")))
        .hasMessage("--out 'plan.json' does not end in .pt");
    PlanFormat.VLLM_ASCEND.requireEnding(Path.of("plan.json"));
  }
}
