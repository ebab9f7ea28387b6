package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;

import coterie.ingest.table.LakeTable;

/**
 * {@code transition}: from each expert of a layer to each of the model's next MoE layer.
 *
 * <p>{@code tokens} called {@code expert} in {@code layer} and {@code next_expert} in {@code
 * next_layer}; a token with k experts in both adds 1 to k x k rows. The last MoE layer has none,
 * and transitions that no token made have no row.
 */
public final class TransitionTable {

  public static final LakeTable TABLE =
      Keys.byDay(
          "transition",
          Keys.leafAndLayer()
              .add("expert", IntegerType, false)
              .add("next_layer", IntegerType, false, "the next MoE layer, hidden-layer id")
              .add("next_expert", IntegerType, false)
              .add("tokens", LongType, false, "tokens that called the one, then the other"));

  private TransitionTable() {}
}
