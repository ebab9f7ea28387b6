package coterie.ingest.read;

import java.util.Optional;

/** Expert ids of some tokens, {@code [rows][layers][k]}; a row is a token. */
public interface RoutedIds {

  int rows();

  /** Layers of the array: hidden layers or MoE layers, as the source writes them. */
  int layers();

  int topK();

  /** The logical id at a place; what is no id comes back as a negative number. */
  int id(int row, int layer, int k);

  /**
   * What is wrong with a token in a layer of which the source gives no ids that can be used; empty
   * if it gives some. Arrays always do; where each layer comes on its own, one can be missing.
   */
  default Optional<String> missing(int row, int layer) {
    return Optional.empty();
  }

  /** True if {@link #missing} has nothing to say of any token, so that nobody need ask. */
  default boolean whole() {
    return true;
  }

  /** Writes the ids of a token, {@code [layers][k]}, into the beginning of an array. */
  default void read(int row, int[] into) {
    for (int layer = 0; layer < layers(); layer++) {
      for (int k = 0; k < topK(); k++) {
        into[layer * topK() + k] = id(row, layer, k);
      }
    }
  }

  /** True if the source holds single bytes, token after token: {@link #readBytes} copies them. */
  default boolean singleBytes() {
    return false;
  }

  /** Copies the ids of a token, {@code [layers][k]}; only with {@link #singleBytes}. */
  default void readBytes(int row, byte[] into, int at) {
    throw new IllegalStateException("ids are no single bytes");
  }
}
