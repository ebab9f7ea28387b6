package coterie.analytics;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What every pass over the blocks of some days works with.
 *
 * @param blocks in a few partitions a core, however large the corpus: each partition gives away a
 *     set of dense counters, so their number must not grow with it
 * @param partitions of what the passes merge into
 */
record Pass(
    JavaSparkContext context,
    JavaRDD<Row> blocks,
    Broadcast<Map<Leaf, LeafPlan>> plans,
    AnalyzeSettings settings,
    int partitions) {

  private static final int PARTITIONS_PER_CORE = 2;

  static Pass over(
      JavaSparkContext context,
      Dataset<Row> blocks,
      Map<Leaf, LeafPlan> plans,
      AnalyzeSettings settings) {
    int partitions = PARTITIONS_PER_CORE * context.defaultParallelism();
    int layers = plans.values().stream().mapToInt(plan -> plan.model().moeLayers().size()).sum();
    return new Pass(
        context,
        blocks.coalesce(partitions).toJavaRDD(),
        context.broadcast(plans),
        settings,
        Math.max(1, Math.min(layers, partitions)));
  }

  void describe(String what) {
    context.setJobDescription(what);
  }
}
