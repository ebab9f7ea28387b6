package coterie.ingest.container;

import java.util.Arrays;
import java.util.List;

/**
 * Where the elements of a PyTorch tensor lie; {@link TorchArchive} has the elements themselves.
 *
 * <p>Element {@code [i, j, ...]} is the one at {@code offset + i * strides[0] + j * strides[1] +
 * ...} of the storage. A tensor whose elements would lie outside of its storage, or that has more
 * elements than its storage (PyTorch's {@code expand}), is refused.
 */
public final class Tensor {

  private static final int MAX_DIMENSIONS = 8;

  private final TensorStorage storage;
  private final long offset;
  private final long[] sizes;
  private final long[] strides;

  private Tensor(TensorStorage storage, long offset, long[] sizes, long[] strides) {
    this.storage = storage;
    this.offset = offset;
    this.sizes = sizes;
    this.strides = strides;
  }

  /**
   * The tensor that {@code torch._utils._rebuild_tensor_v2(storage, offset, size, stride,
   * requires_grad, hooks)} makes.
   */
  static Tensor rebuilt(List<?> arguments) throws MalformedException {
    if (arguments.size() >= 6
        && arguments.get(0) instanceof TensorStorage storage
        && arguments.get(1) instanceof Long offset
        && arguments.get(2) instanceof List<?> sizes
        && arguments.get(3) instanceof List<?> strides) {
      MalformedException.unless(
          sizes.size() == strides.size() && sizes.size() <= MAX_DIMENSIONS,
          "a tensor of %d sizes and %d strides",
          sizes.size(),
          strides.size());
      var tensor = new Tensor(storage, offset, extents(sizes), extents(strides));
      tensor.checkBounds();
      return tensor;
    }
    throw new MalformedException(
        "the pickle makes a tensor of else than storage, offset, sizes and strides");
  }

  private static long[] extents(List<?> values) throws MalformedException {
    var extents = new long[values.size()];
    for (int i = 0; i < extents.length; i++) {
      MalformedException.unless(
          values.get(i) instanceof Long, "a tensor has a size or stride that is no integer");
      extents[i] = (Long) values.get(i);
      MalformedException.unless(
          extents[i] >= 0 && extents[i] <= Integer.MAX_VALUE,
          "a tensor has a size or stride of %d",
          extents[i]);
    }
    return extents;
  }

  private void checkBounds() throws MalformedException {
    long available = storage.elements();
    boolean fits = offset >= 0 && offset <= available;
    if (fits && Arrays.stream(sizes).noneMatch(size -> size == 0)) {
      long elements = 1;
      long last = offset;
      for (int i = 0; i < sizes.length && fits; i++) {
        fits = elements <= available / sizes[i];
        elements *= fits ? sizes[i] : 1;
        // Both factors are below 2^31.
        last += (sizes[i] - 1) * strides[i];
        fits &= last < available;
      }
      fits &= last < available;
    }
    MalformedException.unless(
        fits,
        "a tensor of shape %s, strides %s and offset %d in storage %s of %d elements",
        shapeText(),
        Arrays.toString(strides),
        offset,
        storage.key(),
        available);
  }

  public ElementType type() {
    return storage.type();
  }

  public int dimensions() {
    return sizes.length;
  }

  /** Length of a dimension. */
  public int size(int dimension) {
    return (int) sizes[dimension];
  }

  public String shapeText() {
    return Arrays.toString(sizes);
  }

  /** The tensor at an index of the first dimension. */
  public Tensor at(int index) {
    return new Tensor(
        storage,
        offset + index * strides[0],
        Arrays.copyOfRange(sizes, 1, sizes.length),
        Arrays.copyOfRange(strides, 1, strides.length));
  }

  TensorStorage storage() {
    return storage;
  }

  long offset() {
    return offset;
  }

  /** Elements of the storage from the tensor's first to its last. */
  long span() {
    long last = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 0) {
        return 0;
      }
      last += (sizes[i] - 1) * strides[i];
    }
    return last + 1;
  }

  /** Elements from one to the next of a dimension. */
  long stride(int dimension) {
    return strides[dimension];
  }
}
