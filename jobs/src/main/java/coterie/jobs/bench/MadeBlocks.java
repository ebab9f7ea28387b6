package coterie.jobs.bench;

import coterie.analytics.kernel.Leaf;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.ModelTable;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/**
 * Made-up blocks of full length, a request each, straight into {@code routing}. Each request has
 * one of 16 topics; four in five calls are to the experts that its topic prefers in the layer, the
 * first of them most, and the rest to any.
 */
final class MadeBlocks implements MapFunction<Long, Row> {

  private static final long serialVersionUID = 1;
  private static final int TOPICS = 16;
  private static final double PREFERRED = 0.8;

  private final ModelGeometry model;
  private final String dataset;
  private final long seed;

  MadeBlocks(ModelGeometry model, String dataset, long seed) {
    this.model = model;
    this.dataset = dataset;
    this.seed = seed;
  }

  /** A model of MoE layers only. */
  static ModelGeometry model(String name, int layers, int experts, int topK) {
    return new ModelGeometry(
        name, "main", layers, ModelGeometry.layersFrom(0, layers), experts, topK, 0, null, 1);
  }

  /** The leaf of all blocks of a model. */
  static Leaf leaf(ModelGeometry model, String dataset) {
    return new Leaf(model.name(), model.revision(), dataset, null, null, RoutingTable.DECODE);
  }

  /** Writes as many blocks as hold the tokens, at least. */
  void write(SparkSession spark, long tokens) {
    long blocks = (tokens + RoutingTable.BLOCK_TOKENS - 1) / RoutingTable.BLOCK_TOKENS;
    try {
      spark
          .createDataFrame(List.of(ModelTable.toRow(model)), ModelTable.TABLE.schema())
          .writeTo(ModelTable.TABLE.fullName())
          .append();
      spark
          .range(blocks)
          .as(Encoders.LONG())
          .map(this, Encoders.row(RoutingTable.TABLE.schema()))
          .writeTo(RoutingTable.TABLE.fullName())
          .append();
    } catch (NoSuchTableException missing) {
      throw new IllegalStateException(missing);
    }
  }

  @Override
  public Row call(Long number) {
    int layers = model.moeLayers().size();
    var random = new SplittableRandom(seed * 1_000_003 + number);
    var block =
        PackedExperts.allocate(model.experts(), layers, RoutingTable.BLOCK_TOKENS, model.topK());
    int topic = random.nextInt(TOPICS);
    var called = new boolean[model.experts()];
    for (int layer = 0; layer < layers; layer++) {
      for (int token = 0; token < RoutingTable.BLOCK_TOKENS; token++) {
        Arrays.fill(called, false);
        for (int k = 0; k < model.topK(); ) {
          int expert = draw(random, topic, layer);
          if (!called[expert]) {
            called[expert] = true;
            block.set(layer, token, k++, expert);
          }
        }
      }
    }
    return RowFactory.create(
        model.name(),
        model.revision(),
        dataset,
        null,
        null,
        "made/" + number,
        RoutingTable.DECODE,
        0,
        RoutingTable.BLOCK_TOKENS,
        null,
        null,
        null,
        block.data(),
        null,
        1L);
  }

  /** The topic's experts are those from a place of its own on, in steps that reach all. */
  private int draw(SplittableRandom random, int topic, int layer) {
    int experts = model.experts();
    if (random.nextDouble() >= PREFERRED) {
      return random.nextInt(experts);
    }
    double skewed = random.nextDouble();
    int rank = (int) (skewed * skewed * experts / 4);
    return Math.floorMod(topic * experts / TOPICS + 7 * rank + 3 * layer, experts);
  }
}
