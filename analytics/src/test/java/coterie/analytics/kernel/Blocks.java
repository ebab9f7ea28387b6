package coterie.analytics.kernel;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows of {@code routing} as kernels get them, made from ids. */
final class Blocks {

  static final Leaf LEAF = new Leaf("m", "main", "d", null, null, "decode");
  static final LocalDate INGEST_DAY = LocalDate.of(2026, 1, 7);

  private static final StructType SCHEMA =
      RoutingTable.TABLE.schema().add("ingest_day", DataTypes.DateType);

  private Blocks() {}

  /** A model of MoE layers 1, 3, 5 ... */
  static ModelGeometry model(int layers, int experts, int topK) {
    var ids = IntStream.range(0, layers).mapToObj(layer -> 2 * layer + 1).toList();
    return new ModelGeometry("m", "main", 2 * layers, ids, experts, topK, 0, null, 1);
  }

  /** A block of ids {@code [layer][token][k]}; a token with fewer than k has -1 for the rest. */
  static Row block(ModelGeometry model, String requestId, int firstPosition, int[][][] ids) {
    return block(model, LEAF, requestId, firstPosition, ids, null);
  }

  /** The same of any leaf, with float16 weights in the order of the ids; null for none. */
  static Row block(
      ModelGeometry model,
      Leaf leaf,
      String requestId,
      int firstPosition,
      int[][][] ids,
      byte[] weights) {
    return new GenericRowWithSchema(
        new Object[] {
          leaf.model(),
          leaf.revision(),
          leaf.dataset(),
          leaf.day(),
          leaf.workload(),
          requestId,
          leaf.phase(),
          firstPosition,
          ids[0].length,
          null,
          null,
          null,
          pack(model, ids).data(),
          weights,
          1L,
          INGEST_DAY
        },
        SCHEMA);
  }

  private static PackedExperts pack(ModelGeometry model, int[][][] ids) {
    int tokens = ids[0].length;
    boolean gaps =
        Arrays.stream(ids)
            .flatMap(Arrays::stream)
            .flatMapToInt(Arrays::stream)
            .anyMatch(id -> id < 0);
    int width = gaps || model.experts() > 256 ? 2 : 1;
    var packed =
        new PackedExperts(
            new byte[width * ids.length * tokens * model.topK()], ids.length, tokens, model.topK());
    for (int layer = 0; layer < ids.length; layer++) {
      for (int token = 0; token < tokens; token++) {
        for (int k = 0; k < model.topK(); k++) {
          int id = ids[layer][token][k];
          packed.set(layer, token, k, id < 0 ? PackedExperts.ABSENT : id);
        }
      }
    }
    return packed;
  }

  /** Ids of random tokens; skewed, so that sets recur. */
  static int[][][] random(ModelGeometry model, int tokens, long seed) {
    var random = new SplittableRandom(seed);
    var ids = new int[model.moeLayers().size()][tokens][model.topK()];
    for (int[][] layer : ids) {
      for (int[] token : layer) {
        draw(token, model.experts(), random);
      }
    }
    return ids;
  }

  private static void draw(int[] token, int experts, SplittableRandom random) {
    Arrays.fill(token, -1);
    for (int k = 0; k < token.length; ) {
      int id = (int) (experts * random.nextDouble() * random.nextDouble());
      if (Arrays.stream(token).noneMatch(other -> other == id)) {
        token[k++] = id;
      }
    }
  }
}
