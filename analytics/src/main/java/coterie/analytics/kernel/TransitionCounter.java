package coterie.analytics.kernel;

/** Counts the tokens that call an expert in one layer and another in the next. */
final class TransitionCounter {

  private final int experts;
  private final WideCounts cells;

  TransitionCounter(int experts) {
    this.experts = experts;
    cells = new WideCounts(experts * experts);
  }

  /** Adds the tokens of a block; both slices are of it. */
  void add(LayerSlice layer, LayerSlice next) {
    int k = layer.topK();
    int[] counts = cells.roomFor(layer.tokens() * k * k);
    for (int token = 0; token < layer.tokens(); token++) {
      int from = token * k;
      addToken(layer.ids(), from, layer.size(token), next.ids(), next.size(token), counts);
    }
  }

  private void addToken(int[] ids, int from, int size, int[] nextIds, int nextSize, int[] counts) {
    for (int i = 0; i < size; i++) {
      int row = ids[from + i] * experts;
      for (int j = 0; j < nextSize; j++) {
        counts[row + nextIds[from + j]]++;
      }
    }
  }

  /** Tokens that called both, summed into {@code [expert * experts + next expert]}. */
  long tokens(int expert, int nextExpert) {
    return cells.get(expert * experts + nextExpert);
  }

  long bytes() {
    return cells.bytes();
  }
}
