package coterie.analytics.kernel;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.analytics.table.StatisticsTables;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** One count of one partition: all statistics leave the kernel in one stream. */
public final class CountRow {

  /** What {@code statistic} says. */
  public static final String LOAD = "load";

  public static final String PAIR = "pair";
  public static final String SET = "set";

  public static final StructType SCHEMA =
      StatisticsTables.LEAF
          .add("layer", IntegerType, false)
          .add("layer_tokens", LongType, false)
          .add("statistic", StringType, false)
          .add("a", IntegerType, true)
          .add("b", IntegerType, true)
          .add("experts", createArrayType(IntegerType, false), true)
          .add("inclusion", DoubleType, true)
          .add("basis", StringType, false)
          .add("tokens", LongType, false);

  private final Leaf leaf;
  private final LeafPlan plan;
  private final int layerId;
  private final String basis;

  CountRow(Leaf leaf, LeafPlan plan, int layerId, String basis) {
    this.basis = basis;
    this.leaf = leaf;
    this.plan = plan;
    this.layerId = layerId;
  }

  Row load(int expert, long tokens) {
    return row(LOAD, expert, null, null, null, tokens);
  }

  Row pair(int a, int b, long tokens) {
    return row(PAIR, a, b, null, null, tokens);
  }

  Row set(int[] experts, int size, long tokens) {
    var ids = new Integer[size];
    for (int i = 0; i < size; i++) {
      ids[i] = experts[i];
    }
    return row(SET, null, null, ids, plan.inclusion(), tokens);
  }

  private Row row(
      String statistic, Integer a, Integer b, Integer[] experts, Double inclusion, long tokens) {
    return RowFactory.create(
        leaf.model(),
        leaf.revision(),
        leaf.dataset(),
        leaf.workload(),
        leaf.day(),
        leaf.phase(),
        layerId,
        plan.tokens(),
        statistic,
        a,
        b,
        experts,
        inclusion,
        basis,
        tokens);
  }
}
