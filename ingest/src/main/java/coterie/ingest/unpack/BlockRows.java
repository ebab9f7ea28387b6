package coterie.ingest.unpack;

import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.ShortType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import coterie.ingest.container.Float16;
import coterie.ingest.table.PackedExperts;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** The SQL function {@code unpack_block}: a block of {@code routing} as an array of its rows. */
public final class BlockRows {

  /** What the function gives: a row for every layer and token of the block, layer-major. */
  static final DataType TYPE =
      createArrayType(
          new StructType()
              .add("token", IntegerType, false)
              .add("layer", IntegerType, false)
              .add("experts", createArrayType(ShortType, false), false)
              .add("weights", createArrayType(FloatType, false), true),
          false);

  private BlockRows() {}

  /**
   * Unpacks a block; SQL calls this by name.
   *
   * @param experts as {@link PackedExperts} packs them
   * @param weights float16, little endian, in the order of the experts; null if there are none
   * @param tokens of the block
   * @param moeLayers hidden-layer ids, ascending
   * @param topK experts that a token has at most
   * @return null if {@code experts} is
   * @throws IllegalArgumentException if the bytes do not fit the shape
   */
  public static ArrayData unpack(
      byte[] experts, byte[] weights, int tokens, ArrayData moeLayers, int topK) {
    if (experts == null) {
      return null;
    }
    int[] layers = moeLayers.toIntArray();
    var block = new PackedExperts(experts, layers.length, tokens, topK);
    if (weights != null && weights.length != Short.BYTES * layers.length * tokens * topK) {
      throw new IllegalArgumentException(
          "weights of %d bytes do not fit %d layers x %d tokens x %d experts"
              .formatted(weights.length, layers.length, tokens, topK));
    }
    var rows = new Object[layers.length * tokens];
    for (int layer = 0; layer < layers.length; layer++) {
      for (int token = 0; token < tokens; token++) {
        rows[layer * tokens + token] = row(block, weights, layer, token, layers[layer]);
      }
    }
    return new GenericArrayData(rows);
  }

  private static InternalRow row(
      PackedExperts block, byte[] weights, int layer, int token, int layerId) {
    int topK = block.topK();
    var ids = new short[topK];
    var gates = new float[topK];
    int count = 0;
    for (int k = 0; k < topK; k++) {
      int id = block.id(layer, token, k);
      if (block.idBytes() > 1 && id == PackedExperts.ABSENT) {
        continue;
      }
      ids[count] = (short) id;
      if (weights != null) {
        gates[count] = weight(weights, (layer * block.tokens() + token) * topK + k);
      }
      count++;
    }
    return new GenericInternalRow(
        new Object[] {
          token,
          layerId,
          UnsafeArrayData.fromPrimitiveArray(Arrays.copyOf(ids, count)),
          weights == null ? null : UnsafeArrayData.fromPrimitiveArray(Arrays.copyOf(gates, count))
        });
  }

  private static float weight(byte[] weights, int index) {
    int low = weights[2 * index] & 0xFF;
    return Float16.toFloat((short) (low | weights[2 * index + 1] << 8));
  }
}
