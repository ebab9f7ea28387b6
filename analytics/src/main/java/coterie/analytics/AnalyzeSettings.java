package coterie.analytics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How statistics are counted.
 *
 * @param sampleTokens tokens of a leaf that {@code expert_set} holds at most, on average
 * @param seed of every random choice
 * @param minSupport share of a leaf's tokens that must call a subset for {@code expert_subset}
 * @param windowTokens tokens of a window of {@code load_window}, at least {@link #MIN_WINDOW}
 * @param batches steps drawn for {@code union_size} at each batch size
 * @param replicates of the bootstrap behind the intervals of {@code drift}
 * @param topExperts experts whose overlap {@code drift} and {@code similarity} measure
 */
public record AnalyzeSettings(
    long sampleTokens,
    long seed,
    double minSupport,
    long windowTokens,
    int batches,
    int replicates,
    int topExperts) {

  /** Enough for plans to be made of, little enough for a layer to fit any executor. */
  public static final long DEFAULT_SAMPLE_TOKENS = 65_536;

  public static final double DEFAULT_MIN_SUPPORT = 0.01;
  public static final long DEFAULT_WINDOW_TOKENS = 65_536;

  /** What a result must rest on at least. */
  public static final int DEFAULT_BATCHES = 2_000;

  public static final int DEFAULT_REPLICATES = 100;
  public static final int DEFAULT_TOP_EXPERTS = 8;

  /** A window is no smaller than a block. */
  public static final long MIN_WINDOW = 1_024;

  public static final AnalyzeSettings DEFAULT =
      new AnalyzeSettings(
          DEFAULT_SAMPLE_TOKENS,
          1,
          DEFAULT_MIN_SUPPORT,
          DEFAULT_WINDOW_TOKENS,
          DEFAULT_BATCHES,
          DEFAULT_REPLICATES,
          DEFAULT_TOP_EXPERTS);

  public AnalyzeSettings {
    if (windowTokens < MIN_WINDOW || !(minSupport > 0 && minSupport <= 1)) {
      throw new IllegalArgumentException(
          "window of %d tokens, support of %s".formatted(windowTokens, minSupport));
    }
  }

  /** As {@code counted} keeps it. */
  String text() {
    return ("sample-tokens=%d seed=%d min-support=%s window-tokens=%d batches=%d replicates=%d"
            + " top-experts=%d")
        .formatted(sampleTokens, seed, minSupport, windowTokens, batches, replicates, topExperts);
  }

  /** What {@link #text} wrote. */
  static AnalyzeSettings parse(String text) {
    Map<String, String> values = new HashMap<>();
    Arrays.stream(text.split(" ", -1))
        .map(setting -> setting.split("=", 2))
        .forEach(setting -> values.put(setting[0], setting[1]));
    return new AnalyzeSettings(
        Long.parseLong(values.get("sample-tokens")),
        Long.parseLong(values.get("seed")),
        Double.parseDouble(values.get("min-support")),
        Long.parseLong(values.get("window-tokens")),
        Integer.parseInt(values.get("batches")),
        Integer.parseInt(values.get("replicates")),
        Integer.parseInt(values.get("top-experts")));
  }
}
