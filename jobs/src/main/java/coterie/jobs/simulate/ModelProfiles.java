package coterie.jobs.simulate;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.planner.profile.AttentionCost;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.StepProfile;
import java.util.List;

/** The constants that steps of a model are priced with on a GPU. */
public final class ModelProfiles {

  /** Published with MLA of DeepSeek-V3's shape, the one attention that is measured. */
  private static final List<String> MLA = List.of("deepseek-v3", "deepseek-r1", "kimi-k2");

  private ModelProfiles() {}

  /**
   * The profile of a model on a GPU.
   *
   * @throws UserError if there is no such GPU, or the size of the model's experts is unknown
   */
  public static StepProfile of(ModelGeometry model, String gpu) {
    var sheet =
        GpuSheet.find(gpu)
            .orElseThrow(
                () ->
                    UserError.usage(
                        "unknown profile '%s'".formatted(gpu),
                        "one of: %s; or a YAML file"
                            .formatted(String.join(", ", GpuSheet.names()))));
    if (MLA.stream().anyMatch(model.name()::startsWith)) {
      return StepProfile.deepEpDecode(sheet);
    }
    var size =
        model
            .size()
            .orElseThrow(
                () ->
                    UserError.data(
                        "model %s does not say how large its experts are".formatted(model.name()),
                        "ingest it with --model-file that gives expert_size; times need it"));
    var expert = new ExpertShape(size.hidden(), size.intermediate(), size.bytesPerWeight());
    return StepProfile.fused(sheet, expert, attention(model.name(), size.hidden(), sheet));
  }

  private static AttentionCost attention(String model, int hidden, GpuSheet sheet) {
    return model.startsWith("gpt-oss") ? gptOss(sheet) : grouped(hidden, sheet);
  }

  /**
   * Attention of gpt-oss: queries and output 2,880 x 4,096, keys and values 2,880 x 512; 8 heads of
   * 64 in bf16, of which every second layer keeps a window only.
   */
  public static AttentionCost gptOss(GpuSheet sheet) {
    double weights = 2.0 * 2880 * 4096 + 2.0 * 2880 * 512;
    double cacheBytes = 2 * 8 * 64 * 2.0 / 2;
    return AttentionCost.assumed(sheet, weights, 2, cacheBytes);
  }

  /** Queries as wide as the model, eight to a key and value, in bf16: assumed of all others. */
  private static AttentionCost grouped(int hidden, GpuSheet sheet) {
    double weights = 2.0 * hidden * hidden + 2.0 * hidden * (hidden / 8.0);
    double cacheBytes = 2 * (hidden / 8.0) * 2;
    return AttentionCost.assumed(sheet, weights, 2, cacheBytes);
  }
}
