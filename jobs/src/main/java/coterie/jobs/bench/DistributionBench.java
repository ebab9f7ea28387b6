package coterie.jobs.bench;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import coterie.jobs.lake.Selection;
import coterie.planner.bound.BoundBudget;
import coterie.planner.bound.LayerCertificate;
import coterie.planner.bound.SampleBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Certificates for the distribution that traces are drawn from: each layer's of samples that share
 * no request, taken together by {@link SampleBound}.
 */
public final class DistributionBench {

  private final SparkSession spark;

  public DistributionBench(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What is certified.
   *
   * @param samples that requests are dealt into
   * @param steps drawn in each sample; ignored at batch 1
   */
  public record Setting(
      Cluster cluster, int batch, int samples, int steps, int iterations, long seed)
      implements Serializable {}

  /**
   * One layer.
   *
   * @param trivial mean of the trivial certificates, in experts
   */
  public record Result(int layer, double trivial, SampleBound bound) {}

  /** A result a layer, in order; layers of fewer than two samples with tokens are left out. */
  public List<Result> run(Selection data, List<Integer> layers, Setting setting) {
    int experts = data.model().experts();
    return counted(data, layers, setting.samples())
        .toJavaRDD()
        .mapToPair(row -> new Tuple2<>(row.getInt(0), row))
        .groupByKey(data.model().moeLayers().size())
        .mapPartitions(
            found -> {
              var results = new ArrayList<Tuple2<Integer, List<List<Double>>>>();
              found.forEachRemaining(
                  layer ->
                      results.add(
                          new Tuple2<>(
                              layer._1(), certify(layer._1(), experts, layer._2(), setting))));
              return results.iterator();
            })
        .collect()
        .stream()
        .filter(layer -> layer._2().get(0).size() > 1)
        .map(layer -> result(layer._1(), layer._2()))
        .sorted(Comparator.comparingInt(Result::layer))
        .toList();
  }

  private static Result result(int layer, List<List<Double>> certificates) {
    double trivial =
        certificates.get(1).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    return new Result(layer, trivial, SampleBound.of(certificates.get(0)));
  }

  /** Distinct sets of each layer and sample with their tokens. */
  private Dataset<Row> counted(Selection data, List<Integer> layers, int samples) {
    var rows = spark.sql("SELECT * FROM unpack_routing()").where(data.condition());
    var wanted = layers.isEmpty() ? rows : rows.where(col("layer").isInCollection(layers));
    return wanted
        .groupBy(
            col("layer"),
            pmod(xxhash64(col("dataset"), col("request_id")), lit(samples)).as("sample"),
            array_sort(col("experts")).as("experts"))
        .agg(count(lit(1)).as("tokens"));
  }

  /** Certificates of the samples, and the trivial ones. */
  private static List<List<Double>> certify(
      int layer, int experts, Iterable<Row> rows, Setting setting) {
    var best = new ArrayList<Double>();
    var trivial = new ArrayList<Double>();
    samples(experts, rows)
        .forEach(
            (sample, tokens) -> {
              var random = SeededRandom.of(setting.seed(), layer, setting.batch(), sample);
              var steps =
                  StepUnions.of(
                      TokenBatches.draw(tokens, setting.batch(), setting.steps(), random));
              var budget = BoundBudget.ofIterations(setting.iterations());
              var certificate = LayerCertificate.largest(steps, setting.cluster(), budget);
              best.add(certificate.experts());
              trivial.add(certificate.trivialExperts());
            });
    return List.of(best, trivial);
  }

  private static Map<Long, TokenSets> samples(int experts, Iterable<Row> rows) {
    var sorted = new ArrayList<Row>();
    rows.forEach(sorted::add);
    // The shuffle brings rows in any order; sets and draws shall not depend on it.
    sorted.sort(Comparator.comparing(row -> row.getList(2).toString()));
    var builders = new TreeMap<Long, TokenSets.Builder>();
    for (var row : sorted) {
      var set = row.<Short>getList(2).stream().mapToInt(Short::intValue).toArray();
      builders
          .computeIfAbsent(row.getLong(1), sample -> TokenSets.builder(experts))
          .add(set, (double) row.getLong(3));
    }
    var samples = new TreeMap<Long, TokenSets>();
    builders.forEach((sample, builder) -> samples.put(sample, builder.build()));
    return samples;
  }
}
