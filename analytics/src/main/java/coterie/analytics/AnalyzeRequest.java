package coterie.analytics;

import java.util.List;
import java.util.Optional;

/**
 * What to count.
 *
 * @param model only this model; empty for all
 * @param datasets only these data sets; empty for all
 * @param sampleTokens tokens of a leaf that {@code expert_set} holds at most, on average
 * @param seed of the sample
 */
public record AnalyzeRequest(
    Optional<String> model, List<String> datasets, long sampleTokens, long seed) {

  /** Enough for plans to be made of, little enough for a layer to fit any executor. */
  public static final long DEFAULT_SAMPLE_TOKENS = 65_536;

  public AnalyzeRequest {
    datasets = List.copyOf(datasets);
  }
}
