package coterie.analytics;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import coterie.analytics.kernel.CountKernel;
import coterie.analytics.kernel.CountRow;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.PassLoadKernel;
import coterie.analytics.table.StatisticsTables;
import coterie.ingest.table.LakeTable;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.PassLoadTable;
import coterie.ingest.table.RoutingTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.storage.StorageLevel;

/**
 * Counts the blocks of {@code routing} into {@code expert_load}, {@code coactivation} and {@code
 * expert_set}, and the counts of {@code pass_load} into {@code expert_load}.
 *
 * <p>All come from one pass of a kernel over one snapshot of each. The statistics of the data sets
 * in question are replaced as a whole, each table in one snapshot.
 */
public final class Analysis {

  private static final Column[] LEAF_AND_LAYER =
      Stream.concat(
              Arrays.stream(StatisticsTables.LEAF.fieldNames()), Stream.of("layer", "layer_tokens"))
          .map(name -> col(name))
          .toArray(Column[]::new);

  private final SparkSession spark;

  public Analysis(SparkSession spark) {
    this.spark = spark;
  }

  /** Counts; an empty receipt says that there is nothing to count. */
  public AnalyzeReceipt run(AnalyzeRequest request) {
    var scope = inScope(request);
    var blocks = snapshot(RoutingTable.TABLE).where(scope);
    var passes = snapshot(PassLoadTable.TABLE).where(scope);
    var plans = plans(blocks, request.sampleTokens());
    var passPlans = plans(passes, Long.MAX_VALUE);
    spark.sparkContext().setJobDescription("count blocks");
    var rows = Encoders.row(CountRow.SCHEMA);
    var counts =
        blocks
            .mapPartitions(new CountKernel(plans, request.seed()), rows)
            .union(passes.mapPartitions(new PassLoadKernel(passPlans), rows))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      write(
          StatisticsTables.EXPERT_LOAD,
          scope,
          total(counts, CountRow.LOAD, col("a").as("expert"), col("basis"))
              .withColumn("requests", lit(null).cast("long"))
              .withColumn("gate_weight", lit(null).cast("double")));
      write(StatisticsTables.COACTIVATION, scope, total(counts, CountRow.PAIR, col("a"), col("b")));
      write(
          StatisticsTables.EXPERT_SET,
          scope,
          total(counts, CountRow.SET, col("experts"), col("inclusion")));
    } finally {
      counts.unpersist();
    }
    return new AnalyzeReceipt(plans, passPlans);
  }

  /** One snapshot for both passes, so that denominators fit the counts whatever is ingested. */
  private Dataset<Row> snapshot(LakeTable facts) {
    var table = facts.fullName();
    var main = spark.table(table + ".refs").where(col("name").equalTo("main"));
    var snapshots = main.select("snapshot_id").collectAsList();
    return snapshots.isEmpty()
        ? spark.table(table)
        : spark.read().option("snapshot-id", snapshots.get(0).getLong(0)).table(table);
  }

  private static Column inScope(AnalyzeRequest request) {
    var scope = request.model().map(model -> col("model").equalTo(model)).orElse(lit(true));
    return request.datasets().isEmpty()
        ? scope
        : scope.and(col("dataset").isInCollection(request.datasets()));
  }

  private Map<Leaf, LeafPlan> plans(Dataset<Row> blocks, long sampleTokens) {
    spark.sparkContext().setJobDescription("count tokens");
    var models = models();
    var leaf =
        Arrays.stream(StatisticsTables.LEAF.fieldNames())
            .map(name -> col(name))
            .toArray(Column[]::new);
    var plans = new LinkedHashMap<Leaf, LeafPlan>();
    for (Row row : blocks.groupBy(leaf).agg(sum("tokens").as("tokens")).collectAsList()) {
      var key = Leaf.of(row);
      long tokens = row.getAs("tokens");
      double inclusion = Math.min(1, (double) sampleTokens / tokens);
      plans.put(key, new LeafPlan(models.get(key.model()).get(key.revision()), tokens, inclusion));
    }
    return plans;
  }

  private Map<String, Map<String, ModelGeometry>> models() {
    var models = new HashMap<String, Map<String, ModelGeometry>>();
    for (Row row : spark.table(ModelTable.TABLE.fullName()).collectAsList()) {
      var model = ModelTable.fromRow(row);
      models.computeIfAbsent(model.name(), name -> new HashMap<>()).put(model.revision(), model);
    }
    return models;
  }

  /** The counts of one statistic, added up over partitions, in the columns of its table. */
  private static Dataset<Row> total(Dataset<Row> counts, String statistic, Column... keys) {
    var by = Stream.concat(Arrays.stream(LEAF_AND_LAYER), Arrays.stream(keys));
    return counts
        .where(col("statistic").equalTo(statistic))
        .groupBy(by.toArray(Column[]::new))
        .agg(sum("tokens").as("tokens"));
  }

  /** Replaces what is in scope; where nothing is left to count, nothing is left of its counts. */
  private static void write(LakeTable table, Column scope, Dataset<Row> rows) {
    var columns =
        Arrays.stream(table.schema().fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    try {
      rows.select(columns).writeTo(table.fullName()).overwrite(scope);
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
