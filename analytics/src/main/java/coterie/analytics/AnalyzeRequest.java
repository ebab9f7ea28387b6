package coterie.analytics;

import java.util.List;
import java.util.Optional;

/**
 * What to count.
 *
 * @param model only this model; empty for all
 * @param datasets only these data sets; empty for all
 * @param settings how; empty for those that each data set was last counted with
 * @param recount also days whose facts and settings are still those that were counted
 */
public record AnalyzeRequest(
    Optional<String> model,
    List<String> datasets,
    Optional<AnalyzeSettings> settings,
    boolean recount) {

  public static final long DEFAULT_SAMPLE_TOKENS = AnalyzeSettings.DEFAULT_SAMPLE_TOKENS;

  public AnalyzeRequest {
    datasets = List.copyOf(datasets);
  }

  /** With default settings but for those of the sample; counts what changed. */
  public AnalyzeRequest(
      Optional<String> model, List<String> datasets, long sampleTokens, long seed) {
    this(
        model,
        datasets,
        Optional.of(
            new AnalyzeSettings(
                sampleTokens,
                seed,
                AnalyzeSettings.DEFAULT_MIN_SUPPORT,
                AnalyzeSettings.DEFAULT_WINDOW_TOKENS,
                AnalyzeSettings.DEFAULT_BATCHES,
                AnalyzeSettings.DEFAULT_REPLICATES,
                AnalyzeSettings.DEFAULT_TOP_EXPERTS)),
        false);
  }

  /** What changed in a data set, counted as it was before. */
  public static AnalyzeRequest again(String model, String dataset) {
    return new AnalyzeRequest(Optional.of(model), List.of(dataset), Optional.empty(), false);
  }
}
