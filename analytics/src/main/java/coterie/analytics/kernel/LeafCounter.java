package coterie.analytics.kernel;

import coterie.ingest.table.PackedExperts;

/**
 * Dense counters of one leaf.
 *
 * <p>{@code pairs[layer][a * experts + b]} counts tokens that called a and b; the diagonal is the
 * load. Every token updates all k x k cells, both triangles: one unconditional loop is faster than
 * half the updates behind a comparison.
 */
final class LeafCounter {

  private final LeafPlan plan;
  private final int experts;
  private final long[][] pairs;
  private final SetCounter[] sets;
  private final int[] ids;

  LeafCounter(LeafPlan plan) {
    this.plan = plan;
    var model = plan.model();
    experts = model.experts();
    int layers = model.moeLayers().size();
    pairs = new long[layers][experts * experts];
    sets = new SetCounter[layers];
    for (int layer = 0; layer < layers; layer++) {
      sets[layer] = new SetCounter(experts, model.topK());
    }
    ids = new int[model.topK()];
  }

  void add(PackedExperts block, long requestKey, int firstPosition, TokenSampler sampler) {
    for (int layer = 0; layer < block.layers(); layer++) {
      var cells = pairs[layer];
      for (int token = 0; token < block.tokens(); token++) {
        int count = block.read(layer, token, ids);
        for (int i = 0; i < count; i++) {
          int row = ids[i] * experts;
          for (int j = 0; j < count; j++) {
            cells[row + ids[j]]++;
          }
        }
        if (count > 0 && sampler.includes(requestKey, firstPosition + token, plan.inclusion())) {
          sets[layer].add(ids, count);
        }
      }
    }
  }

  LeafPlan plan() {
    return plan;
  }

  /** Tokens of MoE layer {@code layer} that called both experts, or the one expert twice named. */
  long pairs(int layer, int a, int b) {
    return pairs[layer][a * experts + b];
  }

  SetCounter sets(int layer) {
    return sets[layer];
  }
}
