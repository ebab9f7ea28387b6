package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * {@code pass_load}: the facts of sources that only count, one row per forward pass or, where a
 * source does not tell passes apart, per file.
 *
 * <p>Such sources know how many tokens called each expert, and not which experts were called
 * together.
 */
public final class PassLoadTable {

  /** Phase of counts that are of prefill and decode together. */
  public static final String MIXED = "mixed";

  public static final LakeTable TABLE =
      new LakeTable(
          "pass_load",
          1,
          new StructType()
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("dataset", StringType, false)
              .add("day", DateType, true, "the trace's own day, UTC; null if it names none")
              .add("workload", StringType, true, "family of requests")
              .add("phase", StringType, false, "prefill, decode or mixed")
              .add("step", LongType, true, "forward pass of the engine")
              .add("rank", IntegerType, true, "source rank")
              .add("tokens", LongType, false, "calls of the busiest layer / top-k, rounded")
              .add("counts", createArrayType(LongType, false), false, "[MoE layer * experts + e]")
              .add("source_id", LongType, false, "the file it came from"),
          List.of("model", "dataset", "day"));

  private PassLoadTable() {}
}
