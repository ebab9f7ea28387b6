package coterie.ingest.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * {@code routing}: the facts, one row per block of at most {@link #BLOCK_TOKENS} consecutive tokens
 * of one request in one phase.
 *
 * <p>Blocks, because engines emit arrays and because counting them is 20 to 150 times faster than
 * counting exploded rows. {@link PackedExperts} reads the {@code experts} column.
 */
public final class RoutingTable {

  /** Most tokens of one block. */
  public static final int BLOCK_TOKENS = 1024;

  /** Phases of a request. */
  public static final String PREFILL = "prefill";

  public static final String DECODE = "decode";

  public static final LakeTable TABLE =
      new LakeTable(
          "routing",
          1,
          new StructType()
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("dataset", StringType, false)
              .add("day", DateType, true, "the trace's own day, UTC; null if it names none")
              .add("workload", StringType, true, "family of requests")
              .add("request_id", StringType, true, "unique within model and dataset")
              .add("phase", StringType, false, "prefill or decode")
              .add("first_position", IntegerType, false, "position of the first token")
              .add("tokens", IntegerType, false, "consecutive tokens, at most 1024")
              .add("step", LongType, true, "forward pass of the engine")
              .add("rank", IntegerType, true, "source rank")
              .add("arrival", TimestampType, true, "arrival of the request")
              .add("experts", BinaryType, false, "logical ids [layer][token][k], u8 or u16 LE")
              .add("weights", BinaryType, true, "gate weights, float16 LE, same order")
              .add("source_id", LongType, false, "the file it came from"),
          List.of("model", "dataset", "day"));

  private RoutingTable() {}
}
