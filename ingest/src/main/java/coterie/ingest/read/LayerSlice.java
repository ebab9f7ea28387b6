package coterie.ingest.read;

import coterie.ingest.container.Float16;
import coterie.ingest.read.RoutedRun.GateWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Some consecutive tokens of a file a layer: {@code [tokens][MoE layers][k]}, filled by layer. */
final class LayerSlice implements RoutedIds, GateWeights {

  private final int tokens;
  private final int layers;
  private final int topK;
  private final int[] ids;
  private final short[] weights;

  /** {@code token * layers + layer} of rows that cannot be used. */
  private final Map<Integer, String> problems = new HashMap<>();

  LayerSlice(int tokens, int layers, int topK) {
    this.tokens = tokens;
    this.layers = layers;
    this.topK = topK;
    this.ids = new int[tokens * layers * topK];
    this.weights = new short[tokens * layers * topK];
  }

  /** Sets a row; what is no whole number becomes the id -1. */
  void set(int token, int layer, double[] experts, double[] scores) {
    int at = (token * layers + layer) * topK;
    for (int k = 0; k < topK; k++) {
      ids[at + k] = experts[k] == (int) experts[k] ? (int) experts[k] : -1;
      weights[at + k] = Float16.fromFloat((float) scores[k]);
    }
  }

  void setProblem(int token, int layer, String problem) {
    problems.put(token * layers + layer, problem);
  }

  @Override
  public int rows() {
    return tokens;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public int id(int token, int layer, int k) {
    return ids[(token * layers + layer) * topK + k];
  }

  @Override
  public short half(int index) {
    return weights[index];
  }

  @Override
  public boolean whole() {
    return false;
  }

  @Override
  public Optional<String> missing(int token, int layer) {
    return Optional.ofNullable(problems.get(token * layers + layer));
  }
}
