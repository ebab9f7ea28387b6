package coterie.analytics;

import coterie.analytics.kernel.CountKernel;
import coterie.analytics.kernel.CountRows;
import coterie.analytics.kernel.LayerCounts;
import coterie.analytics.kernel.LayerSummary;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafLayer;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.PassLoadKernel;
import coterie.analytics.kernel.RequestCounts;
import coterie.analytics.kernel.RequestKernel;
import coterie.analytics.kernel.RequestKey;
import coterie.analytics.kernel.RequestUse;
import coterie.analytics.kernel.Subsets;
import coterie.analytics.table.LoadWindowTable;
import coterie.analytics.table.RequestSignatureTable;
import coterie.analytics.table.StatisticsTables;
import coterie.analytics.table.TransitionTable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Loads, pairs, transitions, windows and requests: all that is a plain count.
 *
 * <p>Dense counters of the partitions are merged layer by layer on the executors; they wait on disk
 * until all tables that come from them are written. To the driver come loads and set sizes.
 */
final class CountPass {

  private CountPass() {}

  /**
   * What later passes and the receipt need to know.
   *
   * @param summaries of every layer of every leaf
   * @param requests of every leaf that has any
   */
  record Counted(Map<LeafLayer, LayerSummary> summaries, Map<Leaf, RequestCounts> requests) {

    Counted {
      summaries = Map.copyOf(summaries);
      requests = Map.copyOf(requests);
    }

    /** Requests of a leaf; null if some of its blocks have no request id. */
    Long requestsOf(Leaf leaf, LeafPlan plan) {
      return plan.named() ? requests.get(leaf).requests() : null;
    }
  }

  /**
   * Counts and writes.
   *
   * @param passes rows of {@code pass_load} of the same days, and their leaves
   */
  static Counted run(
      Pass pass, Dataset<Row> passes, Map<Leaf, LeafPlan> passPlans, StatisticsWriter writer) {
    pass.describe("count blocks");
    var counts = counts(pass).persist(StorageLevel.DISK_ONLY());
    var uses = uses(pass).persist(StorageLevel.DISK_ONLY());
    try {
      var plans = pass.plans();
      double minSupport = pass.settings().minSupport();
      Map<LeafLayer, LayerSummary> summaries =
          new HashMap<>(
              counts.mapToPair(entry -> summary(entry, plans, minSupport)).collectAsMap());
      pass.describe("count requests");
      Map<Leaf, RequestCounts> requests =
          new HashMap<>(
              uses.mapPartitionsToPair(part -> RequestCounts.of(part, plans.value()))
                  .reduceByKey(RequestCounts::merge)
                  .collectAsMap());
      write(pass, counts, uses, requests, writer, passLoads(pass, passes, passPlans));
      return new Counted(summaries, requests);
    } finally {
      counts.unpersist();
      uses.unpersist();
    }
  }

  private static JavaPairRDD<LeafLayer, LayerCounts> counts(Pass pass) {
    return pass.blocks()
        .mapPartitionsToPair(new CountKernel(pass.plans()))
        .reduceByKey(LayerCounts::merge, pass.partitions());
  }

  private static JavaPairRDD<RequestKey, RequestUse> uses(Pass pass) {
    return pass.blocks()
        .mapPartitionsToPair(new RequestKernel(pass.plans()))
        .reduceByKey(RequestUse::merge, pass.partitions());
  }

  private static Tuple2<LeafLayer, LayerSummary> summary(
      Tuple2<LeafLayer, LayerCounts> entry,
      Broadcast<Map<Leaf, LeafPlan>> plans,
      double minSupport) {
    long tokens = plans.value().get(entry._1().leaf()).tokens();
    return new Tuple2<>(
        entry._1(), LayerSummary.of(entry._2(), Subsets.minTokens(minSupport, tokens)));
  }

  private static JavaRDD<Row> passLoads(
      Pass pass, Dataset<Row> passes, Map<Leaf, LeafPlan> passPlans) {
    if (passPlans.isEmpty()) {
      return pass.context().emptyRDD();
    }
    var plans = pass.context().broadcast(passPlans);
    return passes
        .toJavaRDD()
        .mapPartitionsToPair(new PassLoadKernel())
        .reduceByKey(PassLoadKernel::merge, pass.partitions())
        .flatMap(sum -> PassLoadKernel.rows(sum._1(), sum._2(), plans.value().get(sum._1())));
  }

  private static void write(
      Pass pass,
      JavaPairRDD<LeafLayer, LayerCounts> counts,
      JavaPairRDD<RequestKey, RequestUse> uses,
      Map<Leaf, RequestCounts> requests,
      StatisticsWriter writer,
      JavaRDD<Row> passLoads) {
    var plans = pass.plans();
    var callers = pass.context().broadcast(requests);
    writer.write(
        StatisticsTables.EXPERT_LOAD,
        counts.flatMap(entry -> loads(entry, plans, callers)).union(passLoads));
    writer.write(
        StatisticsTables.COACTIVATION, counts.flatMap(entry -> rows(entry, plans).pairs()));
    writer.write(TransitionTable.TABLE, counts.flatMap(entry -> rows(entry, plans).transitions()));
    writer.write(LoadWindowTable.TABLE, counts.flatMap(entry -> rows(entry, plans).windows()));
    writer.write(
        RequestSignatureTable.TABLE,
        uses.flatMap(use -> use._2().rows(use._1(), plans.value().get(use._1().leaf()))));
  }

  private static CountRows rows(
      Tuple2<LeafLayer, LayerCounts> entry, Broadcast<Map<Leaf, LeafPlan>> plans) {
    return new CountRows(entry._1(), plans.value().get(entry._1().leaf()), entry._2());
  }

  private static Iterator<Row> loads(
      Tuple2<LeafLayer, LayerCounts> entry,
      Broadcast<Map<Leaf, LeafPlan>> plans,
      Broadcast<Map<Leaf, RequestCounts>> requests) {
    var key = entry._1();
    var plan = plans.value().get(key.leaf());
    var callers =
        plan.named()
            ? requests.value().get(key.leaf()).callers(key.layer(), plan.model().experts())
            : null;
    return rows(entry, plans).loads(callers);
  }
}
