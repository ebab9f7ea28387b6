package coterie.analytics.kernel;

/** Counts one leaf, layer after layer of each block. */
final class LeafCounter {

  private final LeafPlan plan;
  private final LayerCounter[] layers;
  private LayerSlice slice;
  private LayerSlice next;

  LeafCounter(LeafPlan plan) {
    this.plan = plan;
    var model = plan.model();
    layers = new LayerCounter[model.moeLayers().size()];
    for (int layer = 0; layer < layers.length; layer++) {
      layers[layer] = new LayerCounter(model.experts(), model.topK(), layer == layers.length - 1);
    }
    slice = new LayerSlice(model.topK());
    next = new LayerSlice(model.topK());
  }

  void add(Block block) {
    slice.read(block.experts(), 0);
    for (int layer = 0; layer < layers.length; layer++) {
      if (layer + 1 < layers.length) {
        next.read(block.experts(), layer + 1);
      }
      layers[layer].add(block, plan.windows(), layer, slice, next);
      var done = slice;
      slice = next;
      next = done;
    }
  }

  int layers() {
    return layers.length;
  }

  LayerCounts counts(int layer) {
    return layers[layer].counts();
  }

  long bytes() {
    long bytes = 0;
    for (var layer : layers) {
      bytes += layer.bytes();
    }
    return bytes;
  }
}
