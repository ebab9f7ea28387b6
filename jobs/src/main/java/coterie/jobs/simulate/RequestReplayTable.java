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

/**
 * {@code request_replay}: what layouts cost when held-out requests are replayed, a row per layout,
 * router, profile, load and allocator. Means over steps and layers, never over batch sizes.
 */
public final class RequestReplayTable {

  public static final LakeTable TABLE =
      new LakeTable(
          "request_replay",
          1,
          new StructType()
              .add("run", StringType, false, "all rows of one command")
              .add("replayed_at", TimestampType, false)
              .add("command", StringType, false, "simulate or sweep")
              .add("plan", StringType, false, "a plan, or TP8, TP4 x EP2")
              .add("planner", StringType, false, "tensor where experts are sharded")
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("datasets", createArrayType(StringType, false), false, "replayed")
              .add("held_out", BooleanType, false, "false if planned on some of these tokens")
              .add("loop", StringType, false, "closed, open, or token: batches of no requests")
              .add("in_flight", IntegerType, false, "requests (token: tokens a step), all groups")
              .add("arrivals_per_second", DoubleType, true, "open loop")
              .add("router", StringType, false)
              .add("attention", StringType, false, "tensor or data parallel")
              .add("attention_measured", BooleanType, false, "false: read moe_seconds by itself")
              .add("profile", StringType, false)
              .add("gpus", IntegerType, false, "of a group")
              .add("slots_per_gpu", IntegerType, false, "0 where experts are sharded")
              .add("tensor_shards", IntegerType, false, "GPUs that share each expert")
              .add("groups", IntegerType, false)
              .add("allocator", StringType, false, "of requests to groups")
              .add("requests", IntegerType, false, "that count; 0 where tokens are of none")
              .add("steps", LongType, false)
              .add("tokens", LongType, false, "decoded")
              .add("tokens_per_second", DoubleType, false, "of all groups")
              .add("tokens_per_second_per_gpu", DoubleType, false)
              .add("tpot_seconds", DoubleType, false, "mean over decoded tokens, all layers")
              .add("tpot_low", DoubleType, true, "95 % interval over requests")
              .add("tpot_high", DoubleType, true)
              .add("moe_seconds", DoubleType, false, "routed experts' part of a mean step")
              .add("attention_seconds", DoubleType, false)
              .add("dispatch_seconds", DoubleType, false)
              .add("moe_weights_seconds", DoubleType, false)
              .add("moe_compute_seconds", DoubleType, false)
              .add("shared_experts_seconds", DoubleType, false)
              .add("combine_seconds", DoubleType, false)
              .add("overlap_seconds", DoubleType, false, "not above 0")
              .add("tpot_p50", DoubleType, true, "seconds, over requests")
              .add("tpot_p95", DoubleType, true)
              .add("tpot_p99", DoubleType, true)
              .add("latency_p50", DoubleType, true, "seconds, joining or arrival to last token")
              .add("latency_p95", DoubleType, true)
              .add("latency_p99", DoubleType, true)
              .add("ttft_p50", DoubleType, true, "seconds; null if the trace has no prompts")
              .add("ttft_p95", DoubleType, true)
              .add("ttft_p99", DoubleType, true)
              .add("distinct_experts", DoubleType, false, "of a step and layer")
              .add("most_copies", DoubleType, false, "distinct copies on the busiest GPU")
              .add("certificate", DoubleType, false, "no placement of whole experts is below")
              .add("imbalance", DoubleType, false, "busiest GPU's token-expert pairs over mean")
              .add("nvlink_bytes", DoubleType, false, "of a step and layer")
              .add("network_bytes", DoubleType, false)
              .add("saved", DoubleType, true, "of TPOT, against EPLB without spares")
              .add("saved_low", DoubleType, true, "95 % interval over requests")
              .add("saved_high", DoubleType, true)
              .add("saved_best", DoubleType, true, "against the better of that and TP, TP x EP")
              .add("saved_best_low", DoubleType, true)
              .add("saved_best_high", DoubleType, true)
              .add("seed", LongType, false),
          List.of());

  private RequestReplayTable() {}
}
