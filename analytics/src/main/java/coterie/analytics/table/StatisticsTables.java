package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * {@code expert_load}, {@code coactivation}, {@code expert_set}.
 *
 * <p>All are keyed by leaf (model, revision, data set, workload, day, phase) and layer, and carry
 * {@code layer_tokens}, the tokens of the leaf that went through the layer: the denominator of
 * every share. Counts of leaves add up.
 */
public final class StatisticsTables {

  /** {@code basis} of loads that were counted token by token. */
  public static final String TOKENS = "tokens";

  /** {@code basis} of loads of sources that only count. */
  public static final String COUNTS = "counts";

  private static final int VERSION = 2;
  private static final List<String> PARTITIONS = List.of("model", "dataset");

  /** The columns that make a leaf. */
  public static final StructType LEAF =
      new StructType()
          .add("model", StringType, false)
          .add("revision", StringType, false)
          .add("dataset", StringType, false)
          .add("workload", StringType, true)
          .add("day", DateType, true)
          .add("phase", StringType, false);

  /**
   * Tokens that called each expert. Experts that no token called have no row. A data set may have
   * traces of tokens and, of the same traffic or another, dumps of counts: {@code basis} keeps the
   * two apart.
   */
  public static final LakeTable EXPERT_LOAD =
      table(
          "expert_load",
          layer()
              .add("expert", IntegerType, false)
              .add("tokens", LongType, false, "tokens that called it")
              .add("basis", StringType, false, "tokens, or counts of sources that only count"));

  /** Tokens that called both experts of a pair, {@code a < b}. Pairs that never met have no row. */
  public static final LakeTable COACTIVATION =
      table(
          "coactivation",
          layer()
              .add("a", IntegerType, false)
              .add("b", IntegerType, false, "above a")
              .add("tokens", LongType, false, "tokens that called both"));

  /**
   * The distinct sets of experts that tokens called. Where a leaf has more tokens than the sample
   * holds, a uniform sample of its tokens, the same tokens in every layer.
   */
  public static final LakeTable EXPERT_SET =
      table(
          "expert_set",
          layer()
              .add("experts", createArrayType(IntegerType, false), false, "ascending")
              .add("tokens", LongType, false, "sampled tokens that called just these")
              .add("inclusion", DoubleType, false, "chance of each token to be sampled"));

  /** All of them. */
  public static final List<LakeTable> ALL = List.of(EXPERT_LOAD, COACTIVATION, EXPERT_SET);

  private StatisticsTables() {}

  private static StructType layer() {
    return LEAF.add("layer", IntegerType, false, "hidden-layer id")
        .add("layer_tokens", LongType, false, "tokens of the leaf");
  }

  private static LakeTable table(String name, StructType schema) {
    return new LakeTable(name, VERSION, schema, PARTITIONS);
  }
}
