package coterie.jobs.command;

import coterie.analytics.AnalyzeSettings;
import coterie.ingest.error.UserError;
import picocli.CommandLine.Option;

/** Options that say how statistics are counted. */
final class AnalyzeOptions {

  @Option(
      names = "--sample-tokens",
      paramLabel = "N",
      defaultValue = "" + AnalyzeSettings.DEFAULT_SAMPLE_TOKENS,
      description = "Tokens of a leaf that expert_set holds (default: ${DEFAULT-VALUE}).")
  private long sampleTokens;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of samples, draws and intervals (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--min-support",
      paramLabel = "SHARE",
      defaultValue = "" + AnalyzeSettings.DEFAULT_MIN_SUPPORT,
      description = "Share of a leaf's tokens for expert_subset (default: ${DEFAULT-VALUE}).")
  private double minSupport;

  @Option(
      names = "--window-tokens",
      paramLabel = "N",
      defaultValue = "" + AnalyzeSettings.DEFAULT_WINDOW_TOKENS,
      description = "Tokens of a window in load_window (default: ${DEFAULT-VALUE}).")
  private long windowTokens;

  @Option(
      names = "--batches",
      paramLabel = "N",
      defaultValue = "" + AnalyzeSettings.DEFAULT_BATCHES,
      description = "Steps drawn for union_size at each size (default: ${DEFAULT-VALUE}).")
  private int batches;

  @Option(
      names = "--replicates",
      paramLabel = "N",
      defaultValue = "" + AnalyzeSettings.DEFAULT_REPLICATES,
      description = "Bootstrap replicates for drift, 0 for none (default: ${DEFAULT-VALUE}).")
  private int replicates;

  @Option(
      names = "--top-experts",
      paramLabel = "N",
      defaultValue = "" + AnalyzeSettings.DEFAULT_TOP_EXPERTS,
      description = "Experts whose overlap drift measures (default: ${DEFAULT-VALUE}).")
  private int topExperts;

  AnalyzeSettings settings() {
    Checks.atLeast("--sample-tokens", sampleTokens, 1);
    Checks.atLeast("--window-tokens", windowTokens, AnalyzeSettings.MIN_WINDOW);
    Checks.atLeast("--batches", batches, 1);
    Checks.atLeast("--replicates", replicates, 0);
    Checks.atLeast("--top-experts", topExperts, 1);
    if (!(minSupport > 0 && minSupport <= 1)) {
      throw UserError.usage("--min-support is %s".formatted(minSupport), "above 0, at most 1");
    }
    return new AnalyzeSettings(
        sampleTokens, seed, minSupport, windowTokens, batches, replicates, topExperts);
  }
}
