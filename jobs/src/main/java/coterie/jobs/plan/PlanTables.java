package coterie.jobs.plan;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** {@code plan} and {@code plan_layer}. */
public final class PlanTables {

  /** What a plan was made from; the row is written after the layers. */
  public static final LakeTable PLAN =
      new LakeTable(
          "plan",
          2,
          new StructType()
              .add("plan", StringType, false)
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("datasets", createArrayType(StringType, false), false, "planned on")
              .add("phase", StringType, false)
              .add("nodes", IntegerType, false)
              .add("gpus", IntegerType, false, "in all")
              .add("slots_per_gpu", IntegerType, true, "null if GPUs or layers differ")
              .add("batches", createArrayType(IntegerType, false), false, "tokens a step")
              .add("planner", StringType, false)
              .add("router", StringType, false, "the rule it was made for")
              .add("goal", StringType, false, "what was minimised, within which limits")
              .add("seed", LongType, false)
              .add("steps", IntegerType, false, "drawn for each batch size above 1")
              .add("proposals", LongType, false, "moves tried in each layer")
              .add("created_at", TimestampType, false),
          List.of());

  private static final StructType COST =
      new StructType()
          .add("batch", IntegerType, false)
          .add("experts", DoubleType, false, "E[max over GPUs of distinct experts]")
          .add("certificate", DoubleType, false);

  /** The placement of each layer and what it costs on the data that it was made from. */
  public static final LakeTable PLAN_LAYER =
      new LakeTable(
          "plan_layer",
          2,
          new StructType()
              .add("plan", StringType, false)
              .add("layer", IntegerType, false, "hidden-layer id")
              .add("slots", createArrayType(IntegerType, false), false, "expert of each slot")
              .add("slots_of_gpu", createArrayType(IntegerType, false), false, "their number")
              .add(
                  "planning_costs",
                  createArrayType(COST, false),
                  false,
                  "under the router planned for")
              .add("planning_imbalance", DoubleType, false, "max/mean tokens, even split"),
          List.of());

  public static final List<LakeTable> ALL = List.of(PLAN, PLAN_LAYER);

  private PlanTables() {}
}
