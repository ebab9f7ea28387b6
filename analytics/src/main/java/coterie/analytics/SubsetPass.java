package coterie.analytics;

import static org.apache.spark.sql.functions.col;

import coterie.analytics.kernel.ExpertSubset;
import coterie.analytics.kernel.FoundSubsets;
import coterie.analytics.kernel.LayerSummary;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafLayer;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.RecountKernel;
import coterie.analytics.kernel.SubsetKernel;
import coterie.analytics.kernel.Subsets;
import coterie.analytics.table.ExpertSubsetTable;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Frequent subsets: pairs are those of {@code coactivation}, larger ones are mined part by part,
 * and what then is not certain is counted in a second pass.
 */
final class SubsetPass {

  private SubsetPass() {}

  /** What makes a row of a subset and its count. */
  private record Known(
      Map<Leaf, LeafPlan> plans, Map<LeafLayer, LayerSummary> summaries, double minSupport)
      implements Serializable {

    Row row(LeafLayer key, Map.Entry<ExpertSubset, Long> counted) {
      return Subsets.row(key, plans.get(key.leaf()), summaries.get(key), counted, minSupport);
    }

    long minTokens(LeafLayer key) {
      return Subsets.minTokens(minSupport, plans.get(key.leaf()).tokens());
    }
  }

  /**
   * Mines and writes.
   *
   * @param pairs rows of {@code coactivation} of the same leaves
   */
  static void run(
      Pass pass, CountPass.Counted counted, Dataset<Row> pairs, StatisticsWriter writer) {
    double minSupport = pass.settings().minSupport();
    var summaries = pass.context().broadcast(Map.copyOf(counted.summaries()));
    var known =
        pass.context().broadcast(new Known(pass.plans().value(), counted.summaries(), minSupport));
    pass.describe("look for frequent subsets");
    var found =
        pass.blocks()
            .mapPartitionsToPair(new SubsetKernel(pass.plans(), summaries, minSupport))
            .reduceByKey(FoundSubsets::merge, pass.partitions())
            .mapValues(FoundSubsets::finish)
            .persist(StorageLevel.DISK_ONLY());
    try {
      var rows =
          pairRows(pairs, known)
              .union(found.flatMap(layer -> countedRows(layer, known.value())))
              .union(recounted(pass, found, known));
      writer.write(ExpertSubsetTable.TABLE, rows);
    } finally {
      found.unpersist();
    }
  }

  private static JavaRDD<Row> pairRows(Dataset<Row> pairs, Broadcast<Known> known) {
    double minSupport = known.value().minSupport();
    return pairs
        .where(col("tokens").geq(col("layer_tokens").multiply(minSupport)))
        .toJavaRDD()
        .map(row -> pairRow(row, known.value()));
  }

  private static Row pairRow(Row row, Known known) {
    var leaf = Leaf.of(row);
    int layer = known.plans().get(leaf).model().moeLayers().indexOf(row.<Integer>getAs("layer"));
    var pair = Subsets.pair(row.<Integer>getAs("a"), row.<Integer>getAs("b"));
    return known.row(new LeafLayer(leaf, layer), Map.entry(pair, row.<Long>getAs("tokens")));
  }

  private static Iterator<Row> countedRows(Tuple2<LeafLayer, FoundSubsets> layer, Known known) {
    return layer._2().counted().entrySet().stream()
        .map(subset -> known.row(layer._1(), subset))
        .iterator();
  }

  private static JavaRDD<Row> recounted(
      Pass pass, JavaPairRDD<LeafLayer, FoundSubsets> found, Broadcast<Known> known) {
    Map<LeafLayer, List<ExpertSubset>> uncounted =
        new HashMap<>(
            found
                .mapValues(FoundSubsets::uncounted)
                .filter(layer -> !layer._2().isEmpty())
                .collectAsMap());
    if (uncounted.isEmpty()) {
      return pass.context().emptyRDD();
    }
    pass.describe("count subsets");
    var subsets = pass.context().broadcast(uncounted);
    return pass.blocks()
        .mapPartitionsToPair(new RecountKernel(pass.plans(), subsets))
        .reduceByKey(RecountKernel::merge, pass.partitions())
        .flatMap(layer -> recountedRows(layer, subsets.value().get(layer._1()), known.value()));
  }

  private static Iterator<Row> recountedRows(
      Tuple2<LeafLayer, long[]> layer, List<ExpertSubset> subsets, Known known) {
    long minTokens = known.minTokens(layer._1());
    return IntStream.range(0, subsets.size())
        .filter(i -> layer._2()[i] >= minTokens)
        .mapToObj(i -> known.row(layer._1(), Map.entry(subsets.get(i), layer._2()[i])))
        .iterator();
  }
}
