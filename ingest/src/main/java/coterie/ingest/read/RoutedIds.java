package coterie.ingest.read;

/** Expert ids of some tokens, {@code [rows][layers][k]}; a row is a token. */
public interface RoutedIds {

  int rows();

  /** Layers of the array: hidden layers or MoE layers, as the source writes them. */
  int layers();

  int topK();

  /** The logical id at a place; what is no id comes back as a negative number. */
  int id(int row, int layer, int k);
}
