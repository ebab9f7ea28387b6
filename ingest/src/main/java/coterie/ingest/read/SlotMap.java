package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.TensorIntegers;
import coterie.ingest.table.ModelGeometry;

/**
 * Which logical expert each physical slot of a layer holds: the recorder's {@code
 * last_physical_to_logical_map [layers, slots]}.
 *
 * <p>"Last", because SGLang may move experts while it records, and the dump has only the map of its
 * end: what was recorded before such a move is then ascribed to wrong experts, which the file gives
 * no means to notice.
 */
final class SlotMap {

  static final String NAME = "last_physical_to_logical_map";

  /** More than any deployment has: experts have 15 bits, see {@link ModelGeometry}. */
  private static final int MAX_SLOTS = 1 << 16;

  private final ModelGeometry model;

  /** {@code [array layer][slot]} the logical expert; -1 for what is no expert of the model. */
  private final int[][] experts;

  private SlotMap(ModelGeometry model, int[][] experts) {
    this.model = model;
    this.experts = experts;
  }

  /**
   * Copies a map.
   *
   * @throws RejectedException unless it has the model's layers, and each MoE layer a slot for each
   *     of the model's experts and for no other
   */
  static SlotMap of(TensorIntegers map, ModelGeometry model)
      throws MalformedException, RejectedException {
    int layers = map.size(0);
    MalformedException.unless(
        map.size(1) <= MAX_SLOTS, "%s of %d slots, at most %d", NAME, map.size(1), MAX_SLOTS);
    boolean layersFit = layers == model.hiddenLayers() || layers == model.moeLayers().size();
    if (!layersFit) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "%s of %d layers, model %s has %d MoE layers of %d"
              .formatted(
                  NAME, layers, model.name(), model.moeLayers().size(), model.hiddenLayers()));
    }
    var experts = new int[layers][map.size(1)];
    for (int layer = 0; layer < layers; layer++) {
      for (int slot = 0; slot < map.size(1); slot++) {
        long expert = map.at(layer, slot);
        experts[layer][slot] = expert >= 0 && expert < model.experts() ? (int) expert : -1;
      }
    }
    var slots = new SlotMap(model, experts);
    for (int moeLayer = 0; moeLayer < model.moeLayers().size(); moeLayer++) {
      slots.check(map, slots.arrayLayer(moeLayer));
    }
    return slots;
  }

  private void check(TensorIntegers map, int layer) throws RejectedException {
    var present = new boolean[model.experts()];
    for (int slot = 0; slot < slots(); slot++) {
      int expert = experts[layer][slot];
      if (expert < 0) {
        throw new RejectedException(
            IssueReason.SHAPE,
            "%s has expert %d in slot %d of layer %d, model %s has %d experts"
                .formatted(NAME, map.at(layer, slot), slot, layer, model.name(), model.experts()));
      }
      present[expert] = true;
    }
    for (int expert = 0; expert < present.length; expert++) {
      if (!present[expert]) {
        throw new RejectedException(
            IssueReason.SHAPE,
            "%s has no slot for expert %d in layer %d, model %s has %d experts"
                .formatted(NAME, expert, layer, model.name(), model.experts()));
      }
    }
  }

  /** Layers of the recorder's arrays. */
  int layers() {
    return experts.length;
  }

  int slots() {
    return experts[0].length;
  }

  /** Where the recorder's arrays have a MoE layer: they have hidden layers or MoE layers. */
  int arrayLayer(int moeLayer) {
    return layers() == model.hiddenLayers() ? model.moeLayers().get(moeLayer) : moeLayer;
  }

  /** The logical expert in a slot; -1 for what is none. */
  int expert(int arrayLayer, long slot) {
    return slot >= 0 && slot < slots() ? experts[arrayLayer][(int) slot] : -1;
  }

  /**
   * Tokens of each logical expert, those of its slots added up.
   *
   * @param counts {@code [layers, slots]}
   * @throws RejectedException if a count is negative
   */
  long[][] logicalCounts(TensorIntegers counts) throws RejectedException {
    var sums = new long[layers()][model.experts()];
    for (int moeLayer = 0; moeLayer < model.moeLayers().size(); moeLayer++) {
      int layer = arrayLayer(moeLayer);
      for (int slot = 0; slot < slots(); slot++) {
        long count = counts.at(layer, slot);
        if (count < 0) {
          throw new RejectedException(
              IssueReason.SHAPE, "count %d of slot %d in layer %d".formatted(count, slot, layer));
        }
        int expert = experts[layer][slot];
        // No sum comes round to a small number again: what is too large is refused as such.
        sums[layer][expert] = LoadCounts.sum(sums[layer][expert], count);
      }
    }
    return sums;
  }
}
