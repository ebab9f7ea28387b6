package coterie.jobs.lake;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import coterie.analytics.table.StatisticsTables;
import coterie.planner.model.TokenSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * The activation sets of each layer, one layer a partition, for tasks that plan or judge layers.
 *
 * <p>The sets reach a task in an order that is fixed by their content, so that a task's answer does
 * not depend on how the shuffle went.
 */
public final class LayerSets {

  private LayerSets() {}

  /**
   * One layer of the selection.
   *
   * @param tokens of all data sets
   * @param byDataset the same, one entry a data set that has any, by its place in the selection
   */
  public record Layer(int id, TokenSets tokens, SortedMap<Integer, TokenSets> byDataset) {}

  /** The sets of one layer from all leaves of a selection, as an iterator of at most one. */
  public static Iterator<Layer> read(int experts, Iterator<Tuple2<Integer, SampledSet>> rows) {
    Map<Integer, List<SampledSet>> byLayer = new TreeMap<>();
    rows.forEachRemaining(
        row -> byLayer.computeIfAbsent(row._1(), layer -> new ArrayList<>()).add(row._2()));
    return byLayer.entrySet().stream()
        .map(entry -> layer(experts, entry.getKey(), entry.getValue()))
        .iterator();
  }

  private static Layer layer(int experts, int id, List<SampledSet> sets) {
    var byDataset = new TreeMap<Integer, TokenSets>();
    sets.stream()
        .collect(Collectors.groupingBy(set -> set.dataset))
        .forEach((dataset, own) -> byDataset.put(dataset, merge(experts, own)));
    return new Layer(id, merge(experts, sets), byDataset);
  }

  /**
   * Selects the sets and brings each layer into a partition of its own.
   *
   * @param countsOnly data sets of which only loads are known: each call of an expert counts as a
   *     set of its own, which keeps the loads and says nothing of what acts together
   */
  public static JavaRDD<Tuple2<Integer, SampledSet>> partition(
      SparkSession spark, Selection selection, List<String> countsOnly) {
    var layers = selection.model().moeLayers();
    var datasets = selection.datasets();
    var sets =
        spark
            .table(StatisticsTables.EXPERT_SET.fullName())
            .where(selection.condition())
            .select(
                col("layer"),
                col("experts"),
                col("tokens").divide(col("inclusion")).as("weight"),
                col("dataset"));
    var loads =
        spark
            .table(StatisticsTables.EXPERT_LOAD.fullName())
            .where(selection.of(countsOnly).condition())
            .where(col("basis").equalTo(StatisticsTables.COUNTS))
            .select(
                col("layer"), array(col("expert")), col("tokens").cast("double"), col("dataset"));
    return byLayer(
        layers,
        (countsOnly.isEmpty() ? sets : sets.union(loads))
            .toJavaRDD()
            .mapToPair(row -> new Tuple2<>(row.getInt(0), SampledSet.of(row, datasets))));
  }

  /** Brings each layer into a partition of its own. */
  static JavaRDD<Tuple2<Integer, SampledSet>> byLayer(
      List<Integer> layers, JavaPairRDD<Integer, SampledSet> sets) {
    return sets.partitionBy(new ByLayer(layers)).map(pair -> pair);
  }

  private static TokenSets merge(int experts, List<SampledSet> sets) {
    sets.sort(null);
    var builder = TokenSets.builder(experts);
    for (int i = 0; i < sets.size(); ) {
      var set = sets.get(i);
      double weight = 0;
      for (; i < sets.size() && Arrays.equals(sets.get(i).experts, set.experts); i++) {
        weight += sets.get(i).weight;
      }
      builder.add(
          IntStream.range(0, set.experts.length).map(j -> set.experts[j]).toArray(), weight);
    }
    return builder.build();
  }

  /** A distinct set of a data set, and the tokens it stands for; ordered by all of these. */
  public static final class SampledSet implements java.io.Serializable, Comparable<SampledSet> {

    private static final long serialVersionUID = 1;

    private final short[] experts;
    private final double weight;

    /** Place of its data set in the selection, or of another family that tokens are told by. */
    private final int dataset;

    SampledSet(short[] experts, double weight, int dataset) {
      this.experts = experts;
      this.weight = weight;
      this.dataset = dataset;
    }

    private static SampledSet of(Row row, List<String> datasets) {
      List<Integer> ids = row.getList(1);
      var experts = new short[ids.size()];
      for (int i = 0; i < experts.length; i++) {
        experts[i] = ids.get(i).shortValue();
      }
      return new SampledSet(experts, row.getDouble(2), datasets.indexOf(row.getString(3)));
    }

    @Override
    public int compareTo(SampledSet other) {
      int order = Arrays.compare(experts, other.experts);
      order = order != 0 ? order : Double.compare(weight, other.weight);
      return order != 0 ? order : Integer.compare(dataset, other.dataset);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof SampledSet that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(experts) + Double.hashCode(weight)) + dataset;
    }
  }

  /** Layer i of the list goes to partition i: a hash would put two into one and leave one empty. */
  private static final class ByLayer extends Partitioner {

    private static final long serialVersionUID = 1;

    private final List<Integer> layers;

    ByLayer(List<Integer> layers) {
      this.layers = layers;
    }

    @Override
    public int numPartitions() {
      return layers.size();
    }

    @Override
    public int getPartition(Object layer) {
      return layers.indexOf(layer);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByLayer that && layers.equals(that.layers);
    }

    @Override
    public int hashCode() {
      return layers.hashCode();
    }
  }
}
