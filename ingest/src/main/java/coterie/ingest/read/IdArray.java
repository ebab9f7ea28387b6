package coterie.ingest.read;

import coterie.ingest.container.ElementType;
import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Expert ids as an engine wrote them: {@code [rows][layers][k]} in C order.
 *
 * <p>Ids are read as signed, so that -1, which some engines write for absent, is out of range and
 * not a large id.
 */
public final class IdArray implements RoutedIds {

  private final ByteBuffer data;
  private final ElementType type;
  private final int rows;
  private final int layers;
  private final int topK;

  /**
   * A view on raw bytes.
   *
   * @throws IllegalArgumentException if the bytes do not fit the shape
   */
  public IdArray(ByteBuffer data, ElementType type, int rows, int layers, int topK) {
    long bytes = (long) rows * layers * topK * type.bytes();
    if (data.remaining() != bytes) {
      throw new IllegalArgumentException(
          "%d bytes for %d x %d x %d ids of %d bytes"
              .formatted(data.remaining(), rows, layers, topK, type.bytes()));
    }
    this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.type = type;
    this.rows = rows;
    this.layers = layers;
    this.topK = topK;
  }

  /**
   * An array of three dimensions.
   *
   * @throws MalformedException if it has other dimensions or no integers
   */
  public static IdArray of(NpyArray array) throws MalformedException {
    MalformedException.unless(
        array.dimensions() == 3 && array.type().isInteger() && array.type() != ElementType.BOOL,
        "experts of shape %s and dtype %s, expected [tokens, layers, k] of integers",
        array.shapeText(),
        array.type().descr());
    return new IdArray(
        array.data(), array.type(), array.extent(0), array.extent(1), array.extent(2));
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int topK() {
    return topK;
  }

  /** The id at a place; one that no int holds comes back as -1. */
  @Override
  public int id(int row, int layer, int k) {
    long id = type.integer(data, (row * layers + layer) * topK + k);
    return id == (int) id ? (int) id : -1;
  }

  @Override
  public void read(int row, int[] into) {
    type.integers(data, row * layers * topK, layers * topK, into);
  }

  @Override
  public boolean singleBytes() {
    return type == ElementType.U1 && data.hasArray();
  }

  @Override
  public void readBytes(int row, byte[] into, int at) {
    int width = layers * topK;
    System.arraycopy(data.array(), data.arrayOffset() + row * width, into, at, width);
  }
}
