package coterie.jobs.export;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.routing.RouterRule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The formats that plans can be written in and read from. */
public enum PlanFormat {
  SGLANG("sglang", ".json", EngineRule.SGLANG),
  SGLANG_PT("sglang-pt", ".pt", EngineRule.SGLANG),
  TENSORRT_LLM("tensorrt-llm", "", EngineRule.TENSORRT_LLM),
  VLLM_ASCEND("vllm-ascend", ".json", EngineRule.VLLM_ASCEND),
  /** Provisional: open pull request 41141. */
  VLLM_MAPPING("vllm-mapping", "", EngineRule.VLLM_MAPPING),
  /** Provisional: open pull request 49572. */
  VLLM_LIST("vllm-list", "", EngineRule.VLLM_LIST),
  PHY2LOG("phy2log", ".npy", EngineRule.NONE),
  OMNI("omni", ".npy", EngineRule.OMNI),
  COTERIE("coterie", "", EngineRule.NONE);

  private final String label;
  private final String ending;
  private final EngineRule rule;

  PlanFormat(String label, String ending, EngineRule rule) {
    this.label = label;
    this.ending = ending;
    this.rule = rule;
  }

  private PlanCodec codec() {
    return switch (this) {
      case SGLANG -> new SglangJson();
      case SGLANG_PT -> new SglangTorch();
      case TENSORRT_LLM -> new TensorRtLlmYaml();
      case VLLM_ASCEND -> new AscendMap();
      case VLLM_MAPPING -> new VllmMapping();
      case VLLM_LIST -> new VllmList();
      case PHY2LOG -> new PhysicalToLogicalNpy();
      case OMNI -> new OmniPattern();
      case COTERIE -> new CoterieJson();
    };
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * The whole file. The same plan gives the same bytes.
   *
   * @throws UserError if the format cannot hold the plan
   */
  public byte[] bytes(Plan plan, ModelGeometry model) {
    return codec().write(plan, model);
  }

  /**
   * What a file holds.
   *
   * @param gpus among which the slots of a layer are divided; must be there for formats that do not
   *     say it themselves
   * @throws MalformedException saying what is wrong with the bytes
   * @throws UserError if {@code gpus} is missing
   */
  public PlanFile read(byte[] file, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    return codec().read(file, model, gpus);
  }

  /** What the engine must be told to use a file. */
  public EngineStart start(Path file, Plan plan, ModelGeometry model) {
    var cluster = plan.header().cluster();
    boolean dynamic = plan.header().router().equals(RouterRule.SGLANG_DYNAMIC.label());
    var started = rule == EngineRule.SGLANG && dynamic ? EngineRule.SGLANG_DYNAMIC : rule;
    return started.start(file, cluster.gpus(), cluster.slots() - model.experts());
  }

  /**
   * Refuses a file name by which the engine, or NumPy, would not know the format.
   *
   * @throws UserError naming the file
   */
  public void requireEnding(Path file) {
    if (!file.toString().endsWith(ending)) {
      throw UserError.usage(
          "--out '%s' does not end in %s".formatted(file, ending),
          "%s files are known by that ending".formatted(label));
    }
  }

  /** The format of this name. */
  public static Optional<PlanFormat> find(String label) {
    return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
  }

  /**
   * The format of this name.
   *
   * @throws UserError naming all there are
   */
  public static PlanFormat require(String label) {
    return find(label)
        .orElseThrow(
            () ->
                UserError.usage(
                    "unknown --format '%s'".formatted(label),
                    "one of: "
                        + Arrays.stream(values())
                            .map(PlanFormat::label)
                            .collect(Collectors.joining(", "))));
  }
}
