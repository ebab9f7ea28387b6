package coterie.analytics.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import coterie.ingest.table.LakeTable;
import org.apache.spark.sql.types.StructType;

/**
 * {@code similarity}: how alike the loads of data sets and of workloads are, layer by layer; the
 * view {@code similarity_matrix} has the mean over the layers, both triangles and the diagonal.
 *
 * <p>Kind {@code dataset}: all pairs of data sets of a model, revision and phase. Kind {@code
 * workload}: all pairs of its (data set, workload), those of different data sets too. The left one
 * comes first by data set, then workload. Loads are those counted token by token, p and q the
 * shares of the experts in all calls of the layer:
 *
 * <ul>
 *   <li>{@code cosine}: {@code sum p q / sqrt(sum p^2 sum q^2)}
 *   <li>{@code shared}: {@code sum min(p, q)}, the part of all calls that both have in common
 *   <li>{@code distance}, {@code overlap}: as in {@link DriftTable}
 * </ul>
 */
public final class SimilarityTable {

  public static final LakeTable TABLE =
      Keys.byModel(
          "similarity",
          new StructType()
              .add("model", StringType, false)
              .add("revision", StringType, false)
              .add("phase", StringType, false)
              .add("layer", IntegerType, false, "hidden-layer id")
              .add("kind", StringType, false, "dataset or workload")
              .add("left_dataset", StringType, false)
              .add("left_workload", StringType, true)
              .add("left_tokens", LongType, false)
              .add("right_dataset", StringType, false)
              .add("right_workload", StringType, true)
              .add("right_tokens", LongType, false)
              .add("cosine", DoubleType, false, "0 to 1")
              .add("shared", DoubleType, false, "sum of the lesser shares, 0 to 1")
              .add("distance", DoubleType, false, "Jensen-Shannon, base 2, 0 to 1")
              .add("top_n", IntegerType, false)
              .add("overlap", DoubleType, false, "of the top N experts, 0 to 1"));

  private SimilarityTable() {}
}
