package coterie.ingest.model;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelGeometry.ExpertSize;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The shapes of well-known models.
 *
 * <p>Read from the models' published {@code config.json}; those in {@link #UNCONFIRMED} were not,
 * and ingest says so beside what the trace confirms of them. Weights count as bf16 unless the model
 * is published in a narrower format: DeepSeek-V3 and its kin and Kimi-K2 in fp8 (1 byte; block
 * scales add 0.02 %), gpt-oss in MXFP4 (4 bits and a byte of scale for 32 weights).
 */
public final class ModelPresets {

  private static final double BF16 = 2;
  private static final double FP8 = 1;
  private static final double MXFP4 = 4.25 / 8;

  private static final Map<String, ModelGeometry> MODELS = new TreeMap<>();

  /** Presets that nobody has checked against a configuration file. */
  private static final List<String> UNCONFIRMED =
      List.of(
          "deepseek-moe-16b",
          "deepseek-v2-lite",
          "deepseek-v2",
          "qwen1.5-moe-a2.7b",
          "qwen2-57b-a14b",
          "olmoe-1b-7b",
          "glm-4.5",
          "minimax-m1",
          "minimax-m2",
          "phi-3.5-moe",
          "granite-3.0-1b-a400m",
          "granite-3.0-3b-a800m");

  static {
    // name, layers, first MoE layer, experts, shared, top-k, hidden, intermediate, bytes, groups
    add("mixtral-8x7b", 32, 0, 8, 0, 2, 4096, 14336, BF16, 1);
    add("mixtral-8x22b", 56, 0, 8, 0, 2, 6144, 16384, BF16, 1);
    add("deepseek-moe-16b", 28, 1, 64, 2, 6, 2048, 1408, BF16, 1);
    add("deepseek-v2-lite", 27, 1, 64, 2, 6, 2048, 1408, BF16, 1);
    add("deepseek-v2", 60, 1, 160, 2, 6, 5120, 1536, BF16, 8);
    for (String name : List.of("deepseek-v3", "deepseek-r1", "deepseek-v3.1", "deepseek-v3.2")) {
      add(name, 61, 3, 256, 1, 8, 7168, 2048, FP8, 8);
    }
    add("deepseek-v4-flash", 43, 0, 256, 1, 6, 4096, 2048, BF16, 1);
    add("deepseek-v4-pro", 61, 0, 384, 1, 6, 7168, 3072, BF16, 1);
    add("qwen1.5-moe-a2.7b", 24, 0, 60, 1, 4, 2048, 1408, BF16, 1);
    add("qwen2-57b-a14b", 28, 0, 64, 1, 8, 3584, 2560, BF16, 1);
    add("qwen3-30b-a3b", 48, 0, 128, 0, 8, 2048, 768, BF16, 1);
    add("qwen3-235b-a22b", 94, 0, 128, 0, 8, 4096, 1536, BF16, 1);
    add("qwen3-coder-480b", 62, 0, 160, 0, 8, 6144, 2560, BF16, 1);
    add("qwen3-next-80b-a3b", 48, 0, 512, 1, 10, 2048, 512, BF16, 1);
    add("qwen3.5-35b-a3b", 40, 0, 256, 1, 8, 2048, 512, BF16, 1);
    add("qwen3.5-122b-a10b", 48, 0, 256, 1, 8, 3072, 1024, BF16, 1);
    add("qwen3.5-397b-a17b", 60, 0, 512, 1, 10, 4096, 1024, BF16, 1);
    add("olmoe-1b-7b", 16, 0, 64, 0, 8, 2048, 1024, BF16, 1);
    add("kimi-k2", 61, 1, 384, 1, 8, 7168, 2048, FP8, 1);
    add("glm-4.5", 92, 3, 160, 1, 8, 5120, 1536, BF16, 1);
    add("glm-4.5-air", 46, 1, 128, 1, 8, 4096, 1408, BF16, 1);
    add("glm-5", 78, 3, 256, 1, 8, 6144, 2048, BF16, 1);
    add("gpt-oss-20b", 24, 0, 32, 0, 4, 2880, 2880, MXFP4, 1);
    add("gpt-oss-120b", 36, 0, 128, 0, 4, 2880, 2880, MXFP4, 1);
    add("minimax-m1", 80, 0, 32, 0, 2, 6144, 9216, BF16, 1);
    add("minimax-m2", 62, 0, 256, 0, 8, 3072, 1536, BF16, 1);
    add("minimax-m2.5", 62, 0, 256, 0, 8, 3072, 1536, BF16, 1);
    add("minimax-m3", 60, 3, 128, 1, 4, 6144, 3072, BF16, 1);
    add("llama4-scout", 48, 0, 16, 1, 1, 5120, 8192, BF16, 1);
    // Every second layer of Maverick is MoE, beginning with layer 1.
    var oddLayers = IntStream.range(0, 24).map(i -> 2 * i + 1).boxed().toList();
    add("llama4-maverick", 48, oddLayers, 128, 1, 1, 5120, 8192, BF16, 1);
    add("phi-3.5-moe", 32, 0, 16, 0, 2, 4096, 6400, BF16, 1);
    add("granite-3.0-1b-a400m", 24, 0, 32, 0, 8, 1024, 512, BF16, 1);
    add("granite-3.0-3b-a800m", 32, 0, 40, 0, 8, 1536, 512, BF16, 1);
  }

  private ModelPresets() {}

  private static void add(
      String name,
      int layers,
      int firstMoeLayer,
      int experts,
      int shared,
      int topK,
      int hidden,
      int intermediate,
      double bytes,
      int groups) {
    var moeLayers = ModelGeometry.layersFrom(firstMoeLayer, layers);
    add(name, layers, moeLayers, experts, shared, topK, hidden, intermediate, bytes, groups);
  }

  private static void add(
      String name,
      int layers,
      List<Integer> moeLayers,
      int experts,
      int shared,
      int topK,
      int hidden,
      int intermediate,
      double bytes,
      int groups) {
    var size = new ExpertSize(hidden, intermediate, bytes);
    MODELS.put(
        name,
        new ModelGeometry(name, "main", layers, moeLayers, experts, topK, shared, size, groups));
  }

  /** The preset of this name, lower case. */
  public static Optional<ModelGeometry> find(String name) {
    return Optional.ofNullable(MODELS.get(name));
  }

  /** True if the preset is from memory and the trace must bear it out. */
  public static boolean unconfirmed(String name) {
    return UNCONFIRMED.contains(name);
  }

  /** All names, in order. */
  public static List<String> names() {
    return List.copyOf(MODELS.keySet());
  }
}
