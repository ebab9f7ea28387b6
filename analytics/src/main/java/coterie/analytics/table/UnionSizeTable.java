package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code union_size}: how many distinct experts a step of {@code batch} tokens activates in a
 * layer, by the two samplers of the design, a row each. Sizes are 1, 2, 4 .. 1024.
 *
 * <p>{@link #TOKEN}: tokens drawn uniformly with replacement from the pool of the layer, which are
 * the tokens of {@code expert_set}: N places, laid out set by set in ascending order of {@code
 * experts} (lexicographic, a prefix first), each set taking as many places as it has tokens. Draw d
 * of batch b takes place {@code pmod(xxhash64(seed BIGINT, b INT, d INT), N)}, b and d from 0; a
 * batch of size B consists of its draws 0 .. B-1, so that the batches of all sizes are nested.
 * Batch 1 is not drawn: it is exact, over all tokens of the leaf that call an expert ({@code
 * batches} 0, {@code standard_error} 0).
 *
 * <p>{@link #REQUEST}: tokens of distinct requests at their own positions. Pool: the {@link
 * #POOL_REQUESTS} requests of the leaf with the lowest {@code xxhash64(seed BIGINT, request_id
 * STRING)} (ties by id), numbered r = 0, 1 .. in that order; of each the {@link #POOL_POSITIONS}
 * tokens with the lowest token key (ties by position), numbered from 0 in that order. Batch b goes
 * through the requests in the order of {@code xxhash64(seed BIGINT, b INT, r INT)} (ties by r) and
 * takes of each the token {@code pmod(xxhash64(seed BIGINT, b INT, r INT, 1 INT), tokens kept)}; of
 * size B it consists of the first B. A token that calls no expert in the layer adds none. Size B is
 * available if {@code 4 B <= requests of the leaf in all} and every block has a request id; else
 * the row has {@code available} false, says why, and holds no numbers. Batch 1 is drawn like the
 * others.
 *
 * <p>{@code mean}, {@code p50} and {@code p95} are over the {@code batches} drawn; {@code
 * standard_error} is that of the mean: sample deviation / sqrt(batches).
 *
 * <p>Beside them two nulls, both of means: {@code uniform_null = E (1 - (1 - k / E)^B)}, every
 * token calling k experts of E uniformly, and {@code independence_null = sum over e of 1 - (1 -
 * p_e)^B} with {@code p_e = tokens / layer_tokens} of {@code expert_load}. With tokens drawn
 * independently the second is the expectation of the first sampler whatever acts together; the
 * request sampler and the percentiles are what can differ from it.
 */
public final class UnionSizeTable {

  /** Tokens drawn uniformly with replacement. */
  public static final String TOKEN = "token";

  /** Tokens of distinct requests at their own positions. */
  public static final String REQUEST = "request";

  /** Requests of a leaf from which batches are drawn, at most. */
  public static final int POOL_REQUESTS = 4_096;

  /** Tokens of a request from which batches are drawn, at most. */
  public static final int POOL_POSITIONS = 16;

  /** Requests that a leaf must have for each token of a batch of distinct requests. */
  public static final int REQUESTS_PER_TOKEN = 4;

  /** Batch sizes: 1, 2, 4 .. 1024. */
  public static final List<Integer> BATCHES =
      IntStream.rangeClosed(0, 10).mapToObj(i -> 1 << i).toList();

  public static final LakeTable TABLE =
      Keys.byDay(
          "union_size",
          Keys.leafAndLayer()
              .add("sampler", StringType, false, "token or request")
              .add("batch", IntegerType, false, "tokens of a step")
              .add("available", BooleanType, false, "false if there are too few requests")
              .add("unavailable_reason", StringType, true)
              .add("requests", LongType, true, "of the leaf; null without request ids")
              .add("batches", LongType, false, "drawn; 0 if exact or not available")
              .add("mean", DoubleType, true, "distinct experts")
              .add("standard_error", DoubleType, true, "of the mean")
              .add("p50", DoubleType, true)
              .add("p95", DoubleType, true)
              .add("uniform_null", DoubleType, false, "mean if experts were called uniformly")
              .add("independence_null", DoubleType, false, "mean if calls were independent"));

  private UnionSizeTable() {}
}
