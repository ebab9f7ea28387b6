package coterie.analytics;

import coterie.analytics.kernel.LayerSummary;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafLayer;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.PackedTokens;
import coterie.analytics.kernel.PoolKernel;
import coterie.analytics.kernel.RequestPool;
import coterie.analytics.kernel.SampleKernel;
import coterie.analytics.kernel.UnionRows;
import coterie.analytics.table.StatisticsTables;
import coterie.analytics.table.UnionSizeTable;
import java.io.Serializable;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** Distinct sets, and sizes of unions: what is drawn from samples of tokens and of requests. */
final class SamplePass {

  private SamplePass() {}

  /**
   * What the rows of unions need beside what was sampled.
   *
   * @param requests of the leaves all of whose blocks have a request id
   */
  private record Known(
      Map<Leaf, LeafPlan> plans,
      Map<LeafLayer, LayerSummary> summaries,
      Map<Leaf, Long> requests,
      int batches,
      long seed)
      implements Serializable {

    UnionRows rows(LeafLayer key) {
      return new UnionRows(
          key, plans.get(key.leaf()), summaries.get(key), requests.get(key.leaf()));
    }

    boolean drawsRequests(Leaf leaf) {
      return requests.getOrDefault(leaf, 0L) >= UnionSizeTable.REQUESTS_PER_TOKEN;
    }
  }

  static void run(Pass pass, CountPass.Counted counted, StatisticsWriter writer) {
    var known = pass.context().broadcast(known(pass, counted));
    pass.describe("sample tokens");
    var samples = samples(pass).persist(StorageLevel.DISK_ONLY());
    try {
      writer.write(
          StatisticsTables.EXPERT_SET, samples.flatMap(sample -> sets(sample, known.value())));
      var keys = List.copyOf(counted.summaries().keySet());
      writer.write(
          UnionSizeTable.TABLE,
          samples
              .flatMap(sample -> tokenUnions(sample, known.value()))
              .union(pools(pass).flatMap(pool -> requestUnions(pool, known.value())))
              .union(
                  pass.context()
                      .parallelize(keys, 1)
                      .flatMap(key -> withoutRequests(key, known.value()))));
    } finally {
      samples.unpersist();
    }
  }

  private static Known known(Pass pass, CountPass.Counted counted) {
    var requests = new HashMap<Leaf, Long>();
    pass.plans()
        .value()
        .forEach(
            (leaf, plan) -> {
              if (plan.named()) {
                requests.put(leaf, counted.requests().get(leaf).requests());
              }
            });
    return new Known(
        pass.plans().value(),
        new HashMap<>(counted.summaries()),
        requests,
        pass.settings().batches(),
        pass.settings().seed());
  }

  private static JavaPairRDD<LeafLayer, PackedTokens> samples(Pass pass) {
    return pass.blocks()
        .mapPartitionsToPair(new SampleKernel(pass.plans(), pass.settings().seed()))
        .reduceByKey(SampleKernel::merge, pass.partitions());
  }

  private static JavaPairRDD<Leaf, RequestPool> pools(Pass pass) {
    return pass.blocks()
        .mapPartitionsToPair(new PoolKernel(pass.plans(), pass.settings().seed()))
        .reduceByKey(RequestPool::merge, pass.partitions());
  }

  private static Iterator<Row> sets(Tuple2<LeafLayer, PackedTokens> sample, Known known) {
    var key = sample._1();
    return SampleKernel.setRows(key, sample._2(), known.plans().get(key.leaf()));
  }

  private static Iterator<Row> tokenUnions(Tuple2<LeafLayer, PackedTokens> sample, Known known) {
    return known.rows(sample._1()).byToken(sample._2(), known.batches(), known.seed());
  }

  private static Iterator<Row> requestUnions(Tuple2<Leaf, RequestPool> pool, Known known) {
    var leaf = pool._1();
    return known.drawsRequests(leaf)
        ? PoolKernel.unionRows(
            pool._2(),
            known.plans().get(leaf),
            layer -> known.rows(new LeafLayer(leaf, layer)),
            known.requests().get(leaf),
            known.batches(),
            known.seed())
        : Collections.emptyIterator();
  }

  private static Iterator<Row> withoutRequests(LeafLayer key, Known known) {
    return known.drawsRequests(key.leaf())
        ? Collections.emptyIterator()
        : known.rows(key).byRequest(List.of());
  }
}
