package coterie.analytics.sql;

import java.util.Map;

/**
 * What the queries are told.
 *
 * @param sampleTokens tokens of a leaf that {@code expert_set} holds at most, on average
 * @param seed of every random choice
 * @param minSupport share of the tokens of a leaf that a frequent subset has at least
 * @param windowTokens tokens of a window
 * @param batches steps drawn for each size of batch
 */
public record SqlParameters(
    long sampleTokens, long seed, double minSupport, long windowTokens, int batches) {

  /** By the names that they have in the queries. */
  Map<String, Object> named() {
    return Map.of(
        "sample_tokens", sampleTokens,
        "seed", seed,
        "window_tokens", windowTokens,
        "batches", batches);
  }
}
