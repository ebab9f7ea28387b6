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
}
