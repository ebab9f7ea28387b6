package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;
import org.apache.spark.sql.types.StructType;

/**
 * {@code drift}: how far the load of a layer differs between two sides of the same model, revision
 * and phase. Loads are those counted token by token, summed over what a side does not name.
 *
 * <p>Kinds and sides, the left one first in order: {@link #WINDOW}: token windows of one leaf, each
 * with the one before it and, from the third on, with window 0; both sides name data set, workload,
 * day and window. {@link #DAY}: the latest {@link #MAX_DAYS} days of a data set, all pairs; sides
 * name data set and day. {@link #DATASET}: all pairs of data sets. {@link #WORKLOAD}: all pairs of
 * workloads of a data set; sides name data set and workload. Leaves without day or workload take no
 * part in the kind that names it. Columns that a kind does not name are null.
 *
 * <p>With p and q the shares of the experts in all calls of the layer ({@code tokens / sum of
 * tokens}) and m their mean: {@code distance = sqrt((KL(p, m) + KL(q, m)) / 2)}, logarithms to base
 * 2, the Jensen-Shannon distance, in [0, 1] (Lin, IEEE Trans. Inf. Theory 37, 1991; a metric:
 * Endres and Schindelin, 2003). {@code overlap}: experts that are in the top N of both sides / N,
 * {@code N = min(wanted, experts)}.
 *
 * <p>Intervals are over requests: the Poisson bootstrap (Hanley and MacGibbon, 2006), which needs
 * no central list of requests. In replicate j a request counts w times, on whichever side it is: w
 * is the number of thresholds {@code sum over i <= n of e^-1 / i!}, n = 0 .. {@value
 * #MAX_WEIGHT_INDEX}, that are at or below the fraction of {@code xxhash64(seed BIGINT, request_id
 * STRING, j INT)}. Ends are the {@value #LOW} and {@value #HIGH} percentiles of the replicates,
 * reflected at the value itself, {@code [2 v - high, 2 v - low]} cut to [0, 1] (the basic bootstrap
 * of Davison and Hinkley, 1997): resampling adds noise to both sides, which makes distances too
 * large and overlaps too small, and the reflection takes that out again. Null where a side has
 * blocks without request id; replicates in which a side has no tokens are left out.
 */
public final class DriftTable {

  public static final String WINDOW = "window";
  public static final String DAY = "day";
  public static final String DATASET = "dataset";
  public static final String WORKLOAD = "workload";

  /** Latest days of a data set that are compared with each other. */
  public static final int MAX_DAYS = 32;

  /** Last index of the thresholds of the bootstrap's weights. */
  public static final int MAX_WEIGHT_INDEX = 15;

  /** Percentile of the replicates for one end of an interval. */
  public static final double LOW = 0.025;

  /** Percentile of the replicates for the other end of an interval. */
  public static final double HIGH = 0.975;

  public static final LakeTable TABLE =
      Keys.byModel(
          "drift",
          side(
                  side(
                      new StructType()
                          .add("model", StringType, false)
                          .add("revision", StringType, false)
                          .add("phase", StringType, false)
                          .add("layer", IntegerType, false, "hidden-layer id")
                          .add("kind", StringType, false, "window, day, dataset or workload"),
                      "left_"),
                  "right_")
              .add("distance", DoubleType, false, "Jensen-Shannon, base 2, 0 to 1")
              .add("distance_low", DoubleType, true, "null without request ids")
              .add("distance_high", DoubleType, true, "null without request ids")
              .add("top_n", IntegerType, false)
              .add("overlap", DoubleType, false, "of the top N experts, 0 to 1")
              .add("overlap_low", DoubleType, true, "null without request ids")
              .add("overlap_high", DoubleType, true, "null without request ids")
              .add("replicates", IntegerType, false, "bootstrap replicates; 0 without"));

  private DriftTable() {}

  private static StructType side(StructType schema, String side) {
    return schema
        .add(side + "dataset", StringType, false)
        .add(side + "workload", StringType, true)
        .add(side + "day", DateType, true)
        .add(side + "window", IntegerType, true, "token window, from 0")
        .add(side + "tokens", LongType, false, "tokens of this side")
        .add(side + "requests", LongType, true, "null without request ids");
  }
}
