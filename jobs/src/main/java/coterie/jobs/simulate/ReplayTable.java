package coterie.jobs.simulate;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.table.LakeTable;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** {@code replay}: what plans cost on judged data, a row per plan, layer, batch size and router. */
public final class ReplayTable {

  public static final LakeTable TABLE =
      new LakeTable(
          "replay",
          1,
          new StructType()
              .add("run", StringType, false, "all rows of one simulation")
              .add("simulated_at", TimestampType, false)
              .add("plan", StringType, false)
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("datasets", createArrayType(StringType, false), false, "judged on")
              .add("phase", StringType, false)
              .add("held_out", BooleanType, false, "false if planned on some of these tokens")
              .add("sampler", StringType, false, "how batches were drawn")
              .add("seed", LongType, false)
              .add("hardware", StringType, false)
              .add("layer", IntegerType, false, "hidden-layer id")
              .add("batch", IntegerType, false, "tokens a step")
              .add("router", StringType, false)
              .add("experts", DoubleType, false, "E[max over GPUs of distinct expert copies]")
              .add("standard_error", DoubleType, false, "of experts; 0 if exact over all tokens")
              .add("certificate", DoubleType, false, "no placement is below")
              .add("imbalance", DoubleType, false, "max/mean tokens, even split")
              .add("moe_seconds", DoubleType, true, "modelled; null if expert sizes are unknown")
              .add("steps", LongType, false),
          List.of());

  private ReplayTable() {}
}
