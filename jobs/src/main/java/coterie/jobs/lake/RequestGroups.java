package coterie.jobs.lake;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.LayerSets.SampledSet;
import coterie.planner.model.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * The activation sets of each layer by group of requests: what differs from group to group tells
 * how far a result depends on the requests that happened to be recorded.
 *
 * <p>A request is in the group that the hash of its id says; where a source has no ids, a block
 * takes the place of a request.
 */
public final class RequestGroups {

  /** Tokens that are looked at, about; of more a part is drawn by the hash of their place. */
  private static final long MOST_TOKENS = 100_000;

  private RequestGroups() {}

  /**
   * The sets, a layer a partition; {@link LayerSets.Layer#byDataset} has the groups.
   *
   * @param groups number of groups
   */
  public static JavaRDD<Tuple2<Integer, SampledSet>> partition(
      SparkSession spark, Selection selection, int groups) {
    var blocks = spark.table(RoutingTable.TABLE.fullName()).where(selection.condition());
    var total = blocks.agg(coalesce(sum("tokens"), lit(0L))).collectAsList().get(0).getLong(0);
    double share = Math.min(1, (double) MOST_TOKENS / Math.max(1, total));
    Column request =
        coalesce(
            col("request_id"),
            concat_ws("/", col("source_id"), col("step"), col("first_position")));
    var model = selection.model();
    return LayerSets.byLayer(
        model.moeLayers(),
        blocks
            .select(
                pmod(xxhash64(request), lit(groups)).cast("int").as("group"),
                abs(xxhash64(request, col("phase"), col("first_position"))).as("key"),
                col("tokens"),
                col("experts"))
            .toJavaRDD()
            .flatMapToPair(row -> sets(row, model, share)));
  }

  private static Iterator<Tuple2<Integer, SampledSet>> sets(
      Row row, ModelGeometry model, double share) {
    int group = row.getInt(0);
    int tokens = row.getInt(2);
    var layers = model.moeLayers();
    var packed = new PackedExperts((byte[]) row.get(3), layers.size(), tokens, model.topK());
    var into = new int[model.topK()];
    List<Tuple2<Integer, SampledSet>> sets = new ArrayList<>();
    for (int token = 0; token < tokens; token++) {
      if (share < 1 && SeededRandom.of(row.getLong(1), token).nextDouble() >= share) {
        continue;
      }
      for (int layer = 0; layer < layers.size(); layer++) {
        int count = packed.read(layer, token, into);
        if (count > 0) {
          sets.add(new Tuple2<>(layers.get(layer), set(into, count, group)));
        }
      }
    }
    return sets.iterator();
  }

  private static SampledSet set(int[] ids, int count, int group) {
    Arrays.sort(ids, 0, count);
    var experts = new short[count];
    for (int i = 0; i < count; i++) {
      experts[i] = (short) ids[i];
    }
    return new SampledSet(experts, 1, group);
  }
}
