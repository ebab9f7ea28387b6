package coterie.jobs.simulate;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import coterie.jobs.lake.Selection;
import coterie.planner.model.TokenSets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * The tokens of requests on their way to tasks, packed as they are stored, one layer apart from the
 * other: they never pass through the driver.
 */
final class RequestBlocks {

  private RequestBlocks() {}

  /** Consecutive tokens of one request in one layer. */
  static final class LayerBlock implements Serializable {

    private static final long serialVersionUID = 1;

    private final int request;
    private final boolean decode;
    private final int firstPosition;
    private final int tokens;
    private final byte[] ids;

    LayerBlock(int request, boolean decode, int firstPosition, int tokens, byte[] ids) {
      this.request = request;
      this.decode = decode;
      this.firstPosition = firstPosition;
      this.tokens = tokens;
      this.ids = ids;
    }
  }

  /**
   * Blocks by the piece of work that needs them.
   *
   * @param chunks every layer is needed by so many pieces of work
   * @return by {@code chunk * layers + place of the layer}
   */
  static JavaPairRDD<Integer, Iterable<LayerBlock>> byLayer(
      SparkSession spark, Selection data, LoopRequest request, int chunks) {
    var places =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(request.requests().places());
    var model = request.model();
    int layers = model.moeLayers().size();
    return RequestList.blocks(spark, data)
        .select("dataset", "request_id", "phase", "first_position", "tokens", "experts")
        .toJavaRDD()
        .flatMapToPair(
            row -> {
              var pairs = new ArrayList<Tuple2<Integer, LayerBlock>>();
              Integer place = placeOf(places.value(), row);
              for (int layer = 0; place != null && layer < layers; layer++) {
                var block = block(row, place, layer, layers);
                for (int chunk = 0; chunk < chunks; chunk++) {
                  pairs.add(new Tuple2<>(chunk * layers + layer, block));
                }
              }
              return pairs.iterator();
            })
        .groupByKey(new ByNumber(request.partitions()));
  }

  private static Integer placeOf(Map<String, Integer> places, Row row) {
    return places.get(RequestList.key(row.getString(0), row.getString(1)));
  }

  private static LayerBlock block(Row row, int place, int layer, int layers) {
    byte[] experts = row.getAs(5);
    int bytes = experts.length / layers;
    return new LayerBlock(
        place,
        row.getString(2).equals(RoutingTable.DECODE),
        row.getInt(3),
        row.getInt(4),
        Arrays.copyOfRange(experts, layer * bytes, (layer + 1) * bytes));
  }

  /**
   * One set for each token of the queue.
   *
   * @throws UserError if there are other tokens than the requests were said to have
   */
  static TokenSets sets(ModelGeometry model, RequestList requests, Iterable<LayerBlock> blocks) {
    var sorted = new ArrayList<LayerBlock>();
    blocks.forEach(sorted::add);
    sorted.sort(
        Comparator.<LayerBlock>comparingInt(block -> block.request)
            .thenComparing(block -> block.decode)
            .thenComparingInt(block -> block.firstPosition));
    requireAll(requests, sorted);
    var builder = TokenSets.builder(model.experts());
    var ids = new int[model.topK()];
    for (var block : sorted) {
      var packed = new PackedExperts(block.ids, 1, block.tokens, model.topK());
      for (int token = 0; token < block.tokens; token++) {
        int count = packed.read(0, token, ids);
        Arrays.sort(ids, 0, count);
        builder.add(Arrays.copyOf(ids, count), 1);
      }
    }
    return builder.build();
  }

  private static void requireAll(RequestList requests, List<LayerBlock> blocks) {
    var tokens = new int[requests.size()];
    blocks.forEach(block -> tokens[block.request] += block.tokens);
    for (int i = 0; i < tokens.length; i++) {
      var entry = requests.entries().get(i);
      if (tokens[i] != entry.prefill() + entry.decode()) {
        throw UserError.data(
            "request '%s' changed while it was read".formatted(entry.id()),
            "run the command again");
      }
    }
  }

  /** Key n goes to partition {@code n mod partitions}. */
  static final class ByNumber extends Partitioner {

    private static final long serialVersionUID = 1;

    private final int partitions;

    ByNumber(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return (Integer) key % partitions;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByNumber that && partitions == that.partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }
}
