package coterie.ingest.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The elements of a tensor of integers with two or three dimensions. */
public final class TensorIntegers {

  private final Tensor tensor;
  private final ByteBuffer data;
  private final int[] strides;

  /** A view on the bytes from the tensor's first element to its last, little endian. */
  TensorIntegers(Tensor tensor, byte[] span) {
    this.tensor = tensor;
    this.data = ByteBuffer.wrap(span).order(ByteOrder.LITTLE_ENDIAN);
    this.strides = new int[tensor.dimensions()];
    for (int i = 0; i < strides.length; i++) {
      strides[i] = (int) tensor.stride(i);
    }
  }

  /** Length of a dimension. */
  public int size(int dimension) {
    return tensor.size(dimension);
  }

  public String shapeText() {
    return tensor.shapeText();
  }

  /** An element of a matrix. */
  public long at(int i, int j) {
    return tensor.type().integer(data, i * strides[0] + j * strides[1]);
  }

  /** An element of an array of three dimensions. */
  public long at(int i, int j, int k) {
    return tensor.type().integer(data, i * strides[0] + j * strides[1] + k * strides[2]);
  }
}
