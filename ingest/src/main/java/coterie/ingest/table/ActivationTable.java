package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.ShortType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * {@code activation}: the facts of {@code routing} once more, one row per token and layer, for SQL
 * and for GPUs.
 *
 * <p>Optional: a data set has either no rows here, or those of every token that {@code routing} has
 * of it.
 *
 * <p>Sources may hold the same position of the same request twice, or know no requests at all.
 * Within a block positions are unique, and blocks of the same hash are the same in every byte.
 */
public final class ActivationTable {

  public static final LakeTable TABLE =
      new LakeTable(
          "activation",
          1,
          new StructType()
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("dataset", StringType, false)
              .add("day", DateType, true, "the trace's own day, UTC; null if it names none")
              .add("workload", StringType, true, "family of requests")
              .add("request_id", StringType, true, "unique within model and dataset")
              .add("phase", StringType, false, "prefill or decode")
              .add("position", IntegerType, false, "of the token in the request")
              .add("step", LongType, true, "forward pass of the engine")
              .add("rank", IntegerType, true, "source rank")
              .add("arrival", TimestampType, true, "arrival of the request")
              .add("block", LongType, false, "a hash; block and position tell tokens apart")
              .add("layer", IntegerType, false, "hidden-layer id")
              .add("experts", createArrayType(ShortType, false), false, "as the source orders them")
              .add("weights", createArrayType(FloatType, false), true, "of the gate, same order")
              .add("source_id", LongType, false, "the file it came from"),
          List.of("model", "dataset", "day"));

  private ActivationTable() {}
}
