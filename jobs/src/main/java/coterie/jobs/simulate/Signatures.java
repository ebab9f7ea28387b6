package coterie.jobs.simulate;

import static org.apache.spark.sql.functions.col;

import coterie.analytics.table.RequestSignatureTable;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Selection;
import coterie.planner.replay.SignatureDistances;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * How far requests are from groups of requests that use the same experts.
 *
 * <p>A request's signature is the share of its tokens that call each expert, layer after layer.
 * Centres are those of k-means (MLlib, k-means||, seeded) over the signatures of the planning data;
 * a held-out request is known by its prompt, or where the trace has none by its first tokens. Those
 * are decoded wherever the request is before it can be placed, which a replay does not charge for:
 * it shows the allocator at its best.
 */
public final class Signatures {

  private static final int MOST_ROUNDS = 50;

  private final SparkSession spark;

  public Signatures(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Distances of held-out requests to the centres of the planning data.
   *
   * @param firstTokens by which a request without a prompt is known
   */
  public SignatureDistances distances(
      Selection planning,
      Selection heldOut,
      RequestList requests,
      int groups,
      int firstTokens,
      long seed) {
    var model = heldOut.model();
    var signatures = planned(planning);
    long count = signatures.count();
    if (count < groups) {
      throw UserError.data(
          "the planning data has %d requests with signatures, for %d groups"
              .formatted(count, groups),
          "run coterie analyze on traces with request ids, or use fewer --groups");
    }
    var schema = new StructType().add("features", SQLDataTypes.VectorType(), false);
    var rows = signatures.sortByKey().values().map(RowFactory::create).coalesce(1);
    var centres =
        new KMeans()
            .setK(groups)
            .setSeed(seed)
            .setMaxIter(MOST_ROUNDS)
            .fit(spark.createDataFrame(rows, schema).cache())
            .clusterCenters();
    var distances = new double[requests.size() * groups];
    for (var placed : first(heldOut, model, requests, firstTokens).collect()) {
      for (int group = 0; group < groups; group++) {
        distances[placed._1() * groups + group] = Vectors.sqdist(placed._2(), centres[group]);
      }
    }
    return new SignatureDistances(groups, distances);
  }

  /** Signatures of the planning data by data set and request. */
  private JavaPairRDD<String, Vector> planned(Selection planning) {
    var model = planning.model();
    int experts = model.experts();
    int layers = model.moeLayers().size();
    return spark
        .table(RequestSignatureTable.TABLE.fullName())
        .where(planning.condition())
        .select(col("dataset"), col("request_id"), col("layer"), col("counts"))
        .toJavaRDD()
        .mapToPair(row -> new Tuple2<>(RequestList.key(row.getString(0), row.getString(1)), row))
        .groupByKey()
        .mapValues(
            rows -> {
              var counts = new double[layers * experts];
              for (Row row : rows) {
                int base = model.moeLayers().indexOf(row.getInt(2)) * experts;
                List<Integer> own = row.getList(3);
                for (int expert = 0; expert < experts; expert++) {
                  counts[base + expert] += own.get(expert);
                }
              }
              return shares(counts, layers);
            });
  }

  /** Signatures of the first tokens of each held-out request, by its place in the list. */
  private JavaPairRDD<Integer, Vector> first(
      Selection heldOut, ModelGeometry model, RequestList requests, int firstTokens) {
    var places = requests.places();
    var prompts = requests.entries().stream().map(e -> e.prefill() > 0).toList();
    int layers = model.moeLayers().size();
    return RequestList.blocks(spark, heldOut)
        .select("dataset", "request_id", "phase", "first_position", "tokens", "experts")
        .toJavaRDD()
        .mapToPair(
            row ->
                new Tuple2<>(places.get(RequestList.key(row.getString(0), row.getString(1))), row))
        .filter(pair -> pair._1() != null)
        .filter(pair -> !prompts.get(pair._1()) || isPrompt(pair._2()))
        .groupByKey()
        .mapToPair(
            pair -> {
              int most = prompts.get(pair._1()) ? Integer.MAX_VALUE : firstTokens;
              return new Tuple2<>(pair._1(), shares(count(model, pair._2(), most), layers));
            });
  }

  private static boolean isPrompt(Row row) {
    return row.getString(2).equals(RoutingTable.PREFILL);
  }

  private static double[] count(ModelGeometry model, Iterable<Row> blocks, int most) {
    var sorted = new ArrayList<Row>();
    blocks.forEach(sorted::add);
    sorted.sort(Comparator.comparingInt(row -> row.getInt(3)));
    int layers = model.moeLayers().size();
    var counts = new double[layers * model.experts()];
    var ids = new int[model.topK()];
    int left = most;
    for (var row : sorted) {
      var block = new PackedExperts(row.getAs(5), layers, row.getInt(4), model.topK());
      for (int token = 0; token < block.tokens() && left > 0; token++, left--) {
        for (int layer = 0; layer < layers; layer++) {
          int called = block.read(layer, token, ids);
          for (int k = 0; k < called; k++) {
            counts[layer * model.experts() + ids[k]]++;
          }
        }
      }
    }
    return counts;
  }

  /** Counts over their sum in each layer. */
  private static Vector shares(double[] counts, int layers) {
    int experts = counts.length / layers;
    for (int layer = 0; layer < layers; layer++) {
      double sum = 0;
      for (int expert = 0; expert < experts; expert++) {
        sum += counts[layer * experts + expert];
      }
      for (int expert = 0; expert < experts && sum > 0; expert++) {
        counts[layer * experts + expert] /= sum;
      }
    }
    return Vectors.dense(counts);
  }
}
