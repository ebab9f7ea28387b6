package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructType;

/**
 * {@code expert_load}, {@code coactivation}, {@code expert_set}, and what all statistics share.
 *
 * <p>All are keyed by leaf (model, revision, data set, workload, day, phase) and layer, and carry
 * {@code layer_tokens}, the tokens of the leaf that went through the layer: the denominator of
 * every share. Counts of leaves add up. Words that need a definition have it in the package's
 * description.
 */
public final class StatisticsTables {

  /** {@code basis} of loads that were counted token by token. */
  public static final String TOKENS = "tokens";

  /** {@code basis} of loads of sources that only count. */
  public static final String COUNTS = "counts";

  /** The columns that make a leaf. */
  public static final StructType LEAF = Keys.LEAF;

  /**
   * Tokens that called each expert. Experts that no token called have no row. A data set may have
   * traces of tokens and, of the same traffic or another, dumps of counts: {@code basis} keeps the
   * two apart.
   *
   * <p>{@code requests}: distinct request ids of which at least one token called the expert; null
   * if any block of the leaf has no request id, and on the basis of counts. {@code gate_weight}:
   * the sum over the calls of the expert of the gate's weight, exact, since every float16 is a
   * multiple of 2^-24; null if any block of the leaf has no weights, and on the basis of counts.
   * Weights that are not finite count as 0.
   */
  public static final LakeTable EXPERT_LOAD =
      Keys.byDay(
          "expert_load",
          Keys.leafAndLayer()
              .add("expert", IntegerType, false)
              .add("tokens", LongType, false, "tokens that called it")
              .add("requests", LongType, true, "requests that called it; null without request ids")
              .add("gate_weight", DoubleType, true, "sum over its calls; null without weights")
              .add("basis", StringType, false, "tokens, or counts of sources that only count"));

  /** Tokens that called both experts of a pair, {@code a < b}. Pairs that never met have no row. */
  public static final LakeTable COACTIVATION =
      Keys.byDay(
          "coactivation",
          Keys.leafAndLayer()
              .add("a", IntegerType, false)
              .add("b", IntegerType, false, "above a")
              .add("tokens", LongType, false, "tokens that called both"));

  /**
   * The distinct sets of experts that tokens called; the empty set is left out. Where a leaf has
   * more tokens than the sample holds, a uniform sample of its tokens, the same tokens in every
   * layer: {@code inclusion = min(1, sample tokens / layer_tokens)}, and a token is in if {@code
   * inclusion} is 1 or the fraction of its token key is below {@code inclusion}.
   */
  public static final LakeTable EXPERT_SET =
      Keys.byDay(
          "expert_set",
          Keys.leafAndLayer()
              .add("experts", createArrayType(IntegerType, false), false, "ascending")
              .add("tokens", LongType, false, "sampled tokens that called just these")
              .add("inclusion", DoubleType, false, "chance of each token to be sampled"));

  /** Those that are counted day by day of each data set, in the order in which they are made. */
  public static final List<LakeTable> OF_DAYS =
      List.of(
          EXPERT_LOAD,
          COACTIVATION,
          ExpertSubsetTable.TABLE,
          TransitionTable.TABLE,
          LoadWindowTable.TABLE,
          EXPERT_SET,
          RequestSignatureTable.TABLE,
          UnionSizeTable.TABLE);

  /** Those that compare days, data sets and workloads of a model. */
  public static final List<LakeTable> OF_MODELS = List.of(DriftTable.TABLE, SimilarityTable.TABLE);

  /** All of them, and the record of what they were counted of. */
  public static final List<LakeTable> ALL =
      Stream.of(OF_DAYS, OF_MODELS, List.of(CountedTable.TABLE)).flatMap(List::stream).toList();

  private StatisticsTables() {}
}
