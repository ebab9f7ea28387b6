/**
 * The statistics, one declaration each, and what their words mean, so exactly that kernels and SQL
 * must come to the same numbers.
 *
 * <p><b>Leaf.</b> Model, revision, data set, workload, day, phase. Statistics are stored by leaf
 * and layer, never mixed with totals; views roll up. {@code layer_tokens} is the number of tokens
 * of the leaf: the denominator of every share. A token that calls no expert in a layer (its ids are
 * absent there) counts in {@code layer_tokens} and nowhere else.
 *
 * <p><b>Hash.</b> Every random choice is a hash of what is chosen, so that neither order nor number
 * of partitions matters: Spark's {@code xxhash64} over the arguments in the order given, each in
 * the type given, nulls skipped. {@code seed} is BIGINT. A hash as a fraction is {@code
 * shiftrightunsigned(hash, 11) / 2^53}, in [0, 1).
 *
 * <p><b>Token key.</b> {@code xxhash64(seed BIGINT, request_id STRING, position INT)}; of a token
 * without request id {@code xxhash64(seed BIGINT, source_id BIGINT, step BIGINT, rank INT, position
 * INT)}.
 *
 * <p><b>Order.</b> The tokens of a leaf in the order of {@code arrival}, {@code step}, {@code
 * request_id}, {@code rank}, {@code source_id}, {@code position}, each ascending, nulls first,
 * strings by their bytes. Where a source knows neither arrival nor step, requests therefore follow
 * each other by id.
 *
 * <p><b>Percentiles</b> interpolate linearly between ranks, as Spark's {@code percentile}: of n
 * ascending values the p-th is at place p (n - 1).
 *
 * <p><b>Top N</b> of a load: the N experts with the most tokens, ties by the lower id.
 */
package coterie.analytics.table;
