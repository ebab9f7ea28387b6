package coterie.jobs.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import coterie.analytics.Analysis;
import coterie.analytics.AnalyzeRequest;
import coterie.analytics.AnalyzeSettings;
import coterie.analytics.kernel.CountKernel;
import coterie.analytics.kernel.FoundSubsets;
import coterie.analytics.kernel.LayerCounts;
import coterie.analytics.kernel.LayerSummary;
import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafLayer;
import coterie.analytics.kernel.LeafPlan;
import coterie.analytics.kernel.PairKernel;
import coterie.analytics.kernel.SubsetKernel;
import coterie.analytics.kernel.Subsets;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.fpm.FPGrowth;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Statistics end to end from the lake beside other ways to the same numbers, all in one session and
 * on the same made-up tokens. Ways that do not come to the same answer end the benchmark.
 */
public final class AnalyticsBench {

  private static final int THREADS = 2;

  /** Rounds of work of less than a second, until it is compiled. */
  private static final int WARM = 6;

  private static final String DATASET = "made";

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final Path folder;
  private final int rounds;

  /**
   * A benchmark.
   *
   * @param folder for files that other ways read
   */
  public AnalyticsBench(SparkSession spark, Path folder, int rounds) {
    this.spark = spark;
    this.context = new JavaSparkContext(spark.sparkContext());
    this.folder = folder;
    this.rounds = rounds;
  }

  /**
   * One way to do some work.
   *
   * @param seconds median of the rounds
   * @param items what was worked through a round: pairs of experts, or tokens of layers
   * @param peakBytes most heap used
   */
  public record Way(String name, double seconds, double items, long peakBytes) {

    /** Items a second. */
    public double rate() {
      return items / seconds;
    }
  }

  /** Pairs from the lake, and by threads over the same blocks in memory. */
  public List<Way> pairs(int layers, int experts, int topK, long tokenLayers) {
    var model = made("pairs-%d".formatted(tokenLayers), layers, experts, topK, tokenLayers);
    long tokens = tokens(model);
    double pairs = pairs(model, tokens);
    var blocks = blocks(model);
    var inMemory = blocks.select("experts").toJavaRDD().map(row -> row.<byte[]>getAs(0)).collect();
    var executor = Executors.newFixedThreadPool(THREADS);
    try {
      var loop = new FullMatrixLoop(layers, experts, topK);
      var ours = Timings.of(2, rounds, () -> countPairs(model, blocks, tokens));
      var theirs = Timings.of(2, rounds, () -> loop.run(inMemory, THREADS, executor));
      requireSame(ours.answer(), ((Long) theirs.answer() - tokens * layers * topK) / 2);
      return List.of(
          way("lake, packed blocks", ours, pairs),
          way("%d threads, full matrix in memory".formatted(THREADS), theirs, pairs));
    } finally {
      executor.shutdown();
    }
  }

  private long countPairs(ModelGeometry model, Dataset<Row> blocks, long tokens) {
    var plans = plans(model, tokens);
    return inFewPartitions(blocks)
        .mapPartitionsToPair(new PairKernel(plans))
        .reduceByKey(PairKernel::merge)
        .values()
        .map(AnalyticsBench::sum)
        .reduce(Long::sum);
  }

  private static long sum(long[] cells) {
    long sum = 0;
    for (long cell : cells) {
      sum += cell;
    }
    return sum;
  }

  /** Pairs from the lake, by exploding rows in Spark SQL, and by the same query in DuckDB. */
  public List<Way> pairsInSql(long tokenLayers, Optional<DuckDb> duckDb) throws IOException {
    var model = made("sql-%d".formatted(tokenLayers), 16, 128, 8, tokenLayers);
    long tokens = tokens(model);
    double pairs = pairs(model, tokens);
    var rows = folder.resolve("rows").toString();
    new LayerRows(model).of(blocks(model)).write().mode("overwrite").parquet(rows);
    var query =
        "SELECT layer, a, b, count(*) AS tokens FROM (SELECT layer, a, explode(experts) AS b FROM"
            + " (SELECT layer, experts, explode(experts) AS a FROM parquet.`%s`)) WHERE a < b"
            + " GROUP BY layer, a, b";
    var ways = new ArrayList<Way>();
    var ours = Timings.of(WARM, rounds, () -> countPairs(model, blocks(model), tokens));
    ways.add(way("lake, packed blocks", ours, pairs));
    var exploded =
        Timings.of(
            1,
            Math.min(rounds, 3),
            () ->
                spark
                    .sql("SELECT sum(tokens) FROM (" + query.formatted(rows) + ")")
                    .collectAsList()
                    .get(0)
                    .getLong(0));
    requireSame(ours.answer(), exploded.answer());
    ways.add(way("Spark SQL, explode", exploded, pairs));
    if (duckDb.isPresent()) {
      var sum = Timings.of(1, rounds, () -> duckDb.get().pairs(rows, THREADS));
      requireSame(ours.answer(), sum.answer());
      ways.add(way("DuckDB, %d threads".formatted(THREADS), sum, pairs));
    }
    return ways;
  }

  /** Frequent subsets of one layer, and by MLlib's FPGrowth. */
  public List<Way> subsets(int tokens, double minSupport) {
    var model = made("subsets-%d-%s".formatted(tokens, minSupport), 1, 128, 8, tokens);
    var blocks = blocks(model);
    long all = tokens(model);
    var ours = Timings.of(WARM, rounds, () -> countSubsets(model, blocks, all, minSupport));
    var transactions = new LayerRows(model).of(blocks).select(col("experts")).cache();
    transactions.count();
    try {
      var theirs = Timings.of(0, 1, () -> fpGrowth(transactions, minSupport));
      requireSame(ours.answer(), theirs.answer());
      return List.of(
          way("packed blocks, %,d subsets".formatted((Long) ours.answer()), ours, (double) all),
          way("MLlib FPGrowth", theirs, (double) all));
    } finally {
      transactions.unpersist();
    }
  }

  private long countSubsets(
      ModelGeometry model, Dataset<Row> blocks, long tokens, double minSupport) {
    var plans = plans(model, tokens);
    long minTokens = Subsets.minTokens(minSupport, tokens);
    var rdd = inFewPartitions(blocks);
    var counts =
        rdd.mapPartitionsToPair(new CountKernel(plans))
            .reduceByKey(LayerCounts::merge)
            .mapValues(count -> LayerSummary.of(count, minTokens))
            .collectAsMap();
    Map<LeafLayer, LayerSummary> summaries = new HashMap<>(counts);
    long pairs = summaries.values().stream().mapToLong(LayerSummary::frequentPairs).sum();
    return pairs
        + rdd.mapPartitionsToPair(new SubsetKernel(plans, context.broadcast(summaries), minSupport))
            .reduceByKey(FoundSubsets::merge)
            .map(found -> (long) found._2().finish().counted().size())
            .fold(0L, Long::sum);
  }

  private static long fpGrowth(Dataset<Row> transactions, double minSupport) {
    return new FPGrowth()
        .setItemsCol("experts")
        .setMinSupport(minSupport)
        .setNumPartitions(8)
        .fit(transactions)
        .freqItemsets()
        .where("size(items) > 1")
        .count();
  }

  /** All statistics together, at one size after the other. */
  public List<Way> all(int layers, int experts, int topK, List<Long> tokenLayers) {
    var ways = new ArrayList<Way>();
    for (long size : tokenLayers) {
      var model = made("all-%d".formatted(size), layers, experts, topK, size);
      var request =
          new AnalyzeRequest(
              Optional.of(model.name()), List.of(), Optional.of(AnalyzeSettings.DEFAULT), true);
      var timings = Timings.of(ways.isEmpty() ? 1 : 0, 1, () -> new Analysis(spark).run(request));
      ways.add(
          way(
              "%,d token-layers".formatted(tokens(model) * layers),
              timings,
              (double) tokens(model) * layers));
    }
    return ways;
  }

  private static Way way(String name, Timings timings, double items) {
    return new Way(name, timings.median(), items, timings.peakBytes());
  }

  private static void requireSame(Object ours, Object theirs) {
    if (!ours.equals(theirs)) {
      throw new IllegalStateException("answers differ: %s and %s".formatted(ours, theirs));
    }
  }

  private ModelGeometry made(String name, int layers, int experts, int topK, long tokenLayers) {
    var model = MadeBlocks.model(name, layers, experts, topK);
    spark.sparkContext().setJobDescription("make tokens");
    new MadeBlocks(model, DATASET, 1).write(spark, tokenLayers / layers);
    return model;
  }

  private Dataset<Row> blocks(ModelGeometry model) {
    return spark
        .table(RoutingTable.TABLE.fullName())
        .where(col("model").equalTo(model.name()))
        .withColumn("ingest_day", lit(null).cast("date"));
  }

  private long tokens(ModelGeometry model) {
    return blocks(model).selectExpr("sum(tokens)").collectAsList().get(0).getLong(0);
  }

  private static double pairs(ModelGeometry model, long tokens) {
    return (double) tokens * model.moeLayers().size() * model.topK() * (model.topK() - 1) / 2;
  }

  private Broadcast<Map<Leaf, LeafPlan>> plans(ModelGeometry model, long tokens) {
    Map<Leaf, LeafPlan> plans = new HashMap<>();
    plans.put(MadeBlocks.leaf(model, DATASET), new LeafPlan(model, tokens, 1));
    return context.broadcast(plans);
  }

  private JavaRDD<Row> inFewPartitions(Dataset<Row> blocks) {
    return blocks.coalesce(2 * context.defaultParallelism()).toJavaRDD();
  }
}
