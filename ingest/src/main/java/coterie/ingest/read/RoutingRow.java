package coterie.ingest.read;

import coterie.ingest.container.Float16;
import coterie.ingest.container.MalformedException;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The experts that one token called in one MoE layer, as sources write them that give each layer of
 * a token on its own. A final class around arrays.
 *
 * <p>Layers are hidden-layer ids, counted from 0 with the dense ones: always, whatever ids a file
 * happens to hold, since a file of the lower layers of a model cannot be told from one that counts
 * MoE layers only.
 */
final class RoutingRow {

  private final int token;
  private final int layer;
  private final String phase;
  private final int[] experts;
  private final short[] weights;

  private RoutingRow(int token, int layer, String phase, int[] experts, short[] weights) {
    this.token = token;
    this.layer = layer;
    this.phase = phase;
    this.experts = experts;
    this.weights = weights;
  }

  /**
   * A row, or empty if the layer is a dense one, in which nothing is routed.
   *
   * @param token position in the request
   * @param hiddenLayer hidden-layer id
   * @param phase {@code prefill} or {@code decode}; null if the row does not say
   * @param weights gate weights of the experts; null if the row has none
   * @throws MalformedException if the values contradict each other
   * @throws RejectedException if they do not fit the model
   */
  static Optional<RoutingRow> of(
      ModelGeometry model,
      long token,
      long hiddenLayer,
      String phase,
      int[] experts,
      double[] weights)
      throws MalformedException, RejectedException {
    MalformedException.unless(token >= 0 && token < Integer.MAX_VALUE, "token %d", token);
    MalformedException.unless(
        weights == null || weights.length == experts.length,
        "%d weights for %d experts",
        weights == null ? 0 : weights.length,
        experts.length);
    if (hiddenLayer < 0 || hiddenLayer >= model.hiddenLayers()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "layer %d, model %s has layers 0 to %d"
              .formatted(hiddenLayer, model.name(), model.hiddenLayers() - 1));
    }
    int layer = Collections.binarySearch(model.moeLayers(), (int) hiddenLayer);
    if (layer < 0) {
      return Optional.empty();
    }
    if (experts.length != model.topK()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%d experts in layer %d, model %s has top-%d"
              .formatted(experts.length, hiddenLayer, model.name(), model.topK()));
    }
    return Optional.of(new RoutingRow((int) token, layer, phase, experts, halves(weights)));
  }

  private static short[] halves(double[] weights) {
    if (weights == null) {
      return null;
    }
    var halves = new short[weights.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Float16.fromFloat((float) weights[i]);
    }
    return halves;
  }

  /**
   * The phase behind a value: {@code prefill} or 0, {@code decode} or 1.
   *
   * @throws MalformedException if it is another one
   */
  static String phase(String value) throws MalformedException {
    return switch (value) {
      case "0", RoutingTable.PREFILL -> RoutingTable.PREFILL;
      case "1", RoutingTable.DECODE -> RoutingTable.DECODE;
      default -> throw new MalformedException("phase is '%s'".formatted(value));
    };
  }

  /** Ids as an array; one that no int holds becomes -1. */
  static int[] ids(List<Long> values) {
    return values.stream().mapToInt(id -> id.intValue() == id ? id.intValue() : -1).toArray();
  }

  int token() {
    return token;
  }

  /** The place of the layer among the model's MoE layers. */
  int layer() {
    return layer;
  }

  /** {@code prefill} or {@code decode}; null if the row does not say. */
  String phase() {
    return phase;
  }

  int expert(int k) {
    return experts[k];
  }

  boolean hasWeights() {
    return weights != null;
  }

  /** Gate weight as float16 bits; only with {@link #hasWeights}. */
  short weight(int k) {
    return weights[k];
  }
}
