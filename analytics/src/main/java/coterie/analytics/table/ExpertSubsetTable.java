package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;

/**
 * {@code expert_subset}: subsets of size 2 up to top-k that many tokens called, among others.
 *
 * <p>A subset is frequent if at least {@code min_tokens = max(1, ceil(min support x layer_tokens))}
 * tokens of the leaf called all of its experts; every frequent subset has a row, with the exact
 * count over all tokens of the leaf. {@code support = tokens / layer_tokens}; {@code lift} is
 * support over the product of {@code expert_load.tokens / layer_tokens} of its experts: above 1 if
 * they act together more often than independent experts would.
 *
 * <p>The itemsets of Agrawal, Imielinski, Swami (SIGMOD 1993), a token's set being the transaction.
 */
public final class ExpertSubsetTable {

  public static final LakeTable TABLE =
      Keys.byDay(
          "expert_subset",
          Keys.leafAndLayer()
              .add("size", IntegerType, false, "experts of the subset, 2 to top-k")
              .add("experts", createArrayType(IntegerType, false), false, "ascending")
              .add("tokens", LongType, false, "tokens that called all of them")
              .add("min_tokens", LongType, false, "subsets of fewer tokens have no row")
              .add("support", DoubleType, false, "tokens / layer_tokens")
              .add("lift", DoubleType, false, "support / product of the experts' own shares"));

  private ExpertSubsetTable() {}
}
