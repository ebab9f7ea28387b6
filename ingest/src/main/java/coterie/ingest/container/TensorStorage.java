package coterie.ingest.container;

import java.util.List;

/**
 * The memory of one or more tensors, an entry of the archive.
 *
 * <p>PyTorch writes it as the persistent id {@code ("storage", class, key, location, elements)}.
 * The location, for example {@code cuda:0}, is where the memory was, and makes no difference here.
 *
 * @param type of its elements
 * @param key the entry is {@code data/<key>}
 * @param elements as the pickle says; held against the entry when it is read
 */
record TensorStorage(ElementType type, String key, long elements) {

  /** More than any machine has; times an element's size it is still a long. */
  private static final long MAX_ELEMENTS = 1L << 48;

  /** The storage behind a persistent id. */
  static TensorStorage of(List<?> id) throws MalformedException {
    if (id.size() == 5
        && "storage".equals(id.get(0))
        && id.get(1) instanceof PickleGlobal.StorageClass storage
        && id.get(2) instanceof String key
        && id.get(4) instanceof Long elements) {
      MalformedException.unless(
          elements >= 0 && elements <= MAX_ELEMENTS, "storage %s of %d elements", key, elements);
      return new TensorStorage(storage.type(), key, elements);
    }
    throw new MalformedException("the pickle has a persistent id that is no storage of PyTorch");
  }

  /** What the entry must hold. */
  long bytes() {
    return elements * type.bytes();
  }
}
