package coterie.jobs.simulate;

import coterie.jobs.lake.Selection;
import coterie.jobs.simulate.RequestBlocks.ByNumber;
import coterie.jobs.simulate.RequestBlocks.LayerBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Replays held-out requests on the cluster.
 *
 * <p>In a closed loop, and without requests, steps are known before any time is. So a piece of work
 * is a layer and some of the scenarios; the times of a step are added up over layers as whole
 * nanoseconds, whose sum does not depend on their order, and only then become latencies of
 * requests. In an open loop times decide who is in a step: a piece of work is all layers of some
 * scenarios.
 */
public final class LoopJob {

  /** Pieces of work for each partition, so that a long one does not keep all others waiting. */
  private static final int PIECES = 2;

  private final SparkSession spark;

  public LoopJob(SparkSession spark) {
    this.spark = spark;
  }

  /** Partitions that keep every core busy. */
  public static int partitions(SparkSession spark) {
    return PIECES * spark.sparkContext().defaultParallelism();
  }

  /** Outcomes in the order of the scenarios. */
  public List<LoopOutcome> run(Selection data, LoopRequest request) {
    spark
        .sparkContext()
        .setJobDescription(
            "replay %d scenarios in a %s loop"
                .formatted(request.scenarios().size(), request.kind().label()));
    var outcomes = request.kind() == LoopKind.OPEN ? open(data, request) : closed(data, request);
    return outcomes.collect().stream()
        .sorted(Comparator.comparingInt(LoopOutcome::scenario))
        .toList();
  }

  private JavaRDD<LoopOutcome> closed(Selection data, LoopRequest request) {
    var task = new LoopTask(request);
    int layers = request.model().moeLayers().size();
    int chunks = chunks(request, (request.partitions() + layers - 1) / layers);
    return RequestBlocks.byLayer(spark, data, request, chunks)
        .flatMapToPair(work -> task.priceLayer(work._1(), chunks, work._2()))
        .reduceByKey(new ByNumber(request.partitions()), PricedLayer::add)
        .mapPartitions(task::finish);
  }

  private JavaRDD<LoopOutcome> open(Selection data, LoopRequest request) {
    var task = new LoopTask(request);
    int layers = request.model().moeLayers().size();
    int chunks = chunks(request, request.partitions());
    return RequestBlocks.byLayer(spark, data, request, chunks)
        .mapToPair(
            work -> new Tuple2<>(work._1() / layers, new Tuple2<>(work._1() % layers, work._2())))
        .groupByKey(new ByNumber(request.partitions()))
        .flatMap(work -> task.replayOpen(work._1(), chunks, byLayer(work._2())));
  }

  private static int chunks(LoopRequest request, int wanted) {
    return Math.max(1, Math.min(request.scenarios().size(), wanted));
  }

  private static Map<Integer, List<LayerBlock>> byLayer(
      Iterable<Tuple2<Integer, Iterable<LayerBlock>>> layers) {
    Map<Integer, List<LayerBlock>> byLayer = new HashMap<>();
    for (var layer : layers) {
      var blocks = byLayer.computeIfAbsent(layer._1(), unused -> new ArrayList<>());
      layer._2().forEach(blocks::add);
    }
    return byLayer;
  }
}
