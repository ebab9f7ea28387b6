package coterie.analytics.kernel;

import coterie.analytics.kernel.LayerCounts.WindowLoad;
import java.util.Map;
import java.util.TreeMap;

/** Counts one layer of a leaf: loads by window, pairs, transitions, gate weights, sizes of sets. */
final class LayerCounter {

  private final int experts;
  private final PairCounter pairs;
  private final TransitionCounter transitions;
  private final LoadScratch scratch;
  private final TreeMap<Integer, WindowLoad> windows = new TreeMap<>();
  private final TreeMap<Integer, WindowLoad> ingestDays = new TreeMap<>();
  private final long[] sizes;
  private long[] gateUnits;

  /**
   * Counters of a layer.
   *
   * @param last if no MoE layer follows
   */
  LayerCounter(int experts, int topK, boolean last) {
    this.experts = experts;
    pairs = new PairCounter(experts);
    transitions = last ? null : new TransitionCounter(experts);
    scratch = new LoadScratch(experts);
    sizes = new long[topK + 1];
    gateUnits = new long[experts];
  }

  /**
   * Adds a layer of a block.
   *
   * @param next the following layer of the block; not read where this is the last
   * @param layer MoE layers from 0
   */
  void add(Block block, TokenWindows leafWindows, int layer, LayerSlice slice, LayerSlice next) {
    pairs.add(slice);
    if (transitions != null) {
      transitions.add(slice, next);
    }
    leafWindows.split(block, (window, from, to) -> add(windows, window, slice, from, to));
    if (block.ingestDay() != null) {
      add(ingestDays, (int) block.ingestDay().toEpochDay(), slice, 0, block.tokens());
    }
    addSizes(slice);
    addWeights(block, layer);
  }

  private void add(Map<Integer, WindowLoad> loads, int window, LayerSlice slice, int from, int to) {
    var load = loads.get(window);
    if (load == null) {
      load = new WindowLoad(experts);
      loads.put(window, load);
    }
    load.add(to - from, scratch.count(slice, from, to));
  }

  private void addSizes(LayerSlice slice) {
    if (slice.full()) {
      sizes[slice.topK()] += slice.tokens();
    } else {
      for (int token = 0; token < slice.tokens(); token++) {
        sizes[slice.size(token)]++;
      }
    }
  }

  /** Reads ids where they lie: a slice has moved those of tokens with fewer than k experts. */
  private void addWeights(Block block, int layer) {
    if (block.weights() == null || gateUnits == null) {
      gateUnits = null;
      return;
    }
    var experts = block.experts();
    int at = layer * block.tokens() * experts.topK();
    for (int token = 0; token < block.tokens(); token++) {
      for (int k = 0; k < experts.topK(); k++, at++) {
        int id = experts.id(layer, token, k);
        if (id < gateUnits.length) {
          gateUnits[id] += block.weights().units(at);
        }
      }
    }
  }

  LayerCounts counts() {
    var counts = new LayerCounts(experts, pairs.square(), transitionCells(), sizes, gateUnits);
    windows.forEach((window, load) -> counts.addWindow(window, load.tokens, load.loads));
    ingestDays.forEach((day, load) -> counts.addIngestDay(day, load.tokens, load.loads));
    return counts;
  }

  private long[] transitionCells() {
    if (transitions == null) {
      return new long[0];
    }
    var cells = new long[experts * experts];
    for (int a = 0; a < experts; a++) {
      for (int b = 0; b < experts; b++) {
        cells[a * experts + b] = transitions.tokens(a, b);
      }
    }
    return cells;
  }

  long bytes() {
    long vectors = 1L + windows.size() + ingestDays.size();
    return pairs.bytes()
        + (transitions == null ? 0 : transitions.bytes())
        + vectors * experts * Long.BYTES;
  }
}
