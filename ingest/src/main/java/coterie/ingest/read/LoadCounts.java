package coterie.ingest.read;

import coterie.ingest.table.ModelGeometry;

/**
 * What a source that only counts says: how many tokens called each expert, of one forward pass or
 * of the whole file. A final class around {@code counts[MoE layer * experts + expert]}, in tokens.
 */
public final class LoadCounts {

  /** Most tokens of an expert, a million millions: sums over the experts of a layer fit a long. */
  static final long MAX_COUNT = 1L << 40;

  private final RunOrigin origin;
  private final String phase;
  private final long[] counts;
  private final long tokens;

  private LoadCounts(RunOrigin origin, String phase, long[] counts, long tokens) {
    this.origin = origin;
    this.phase = phase;
    this.counts = counts;
    this.tokens = tokens;
  }

  /** The sum of two counts, neither negative; of two that exceed the bound, one that does. */
  static long sum(long one, long other) {
    long most = MAX_COUNT + 1;
    return Math.min(most, Math.min(most, one) + Math.min(most, other));
  }

  /** Counts at a place of an array with a row for each hidden layer or for each MoE layer. */
  public interface Source {
    long count(int arrayLayer, int expert);
  }

  /**
   * Copies the counts of the model's MoE layers.
   *
   * @param phase {@code prefill} or {@code decode}; null if the counts are of both
   * @param arrayLayers rows of {@code source}
   * @param arrayExperts columns of {@code source}
   * @throws RejectedException if the shape does not fit the model, or a count is negative or too
   *     large
   */
  public static LoadCounts of(
      ModelGeometry model,
      RunOrigin origin,
      String phase,
      int arrayLayers,
      int arrayExperts,
      Source source)
      throws RejectedException {
    int layers = model.moeLayers().size();
    boolean hiddenRows = arrayLayers == model.hiddenLayers();
    if ((!hiddenRows && arrayLayers != layers) || arrayExperts != model.experts()) {
      throw new RejectedException(
          IssueReason.SHAPE,
          "counts of %d layers x %d experts, model %s has %d MoE layers of %d x %d"
              .formatted(
                  arrayLayers,
                  arrayExperts,
                  model.name(),
                  layers,
                  model.hiddenLayers(),
                  model.experts()));
    }
    var counts = new long[layers * arrayExperts];
    for (int layer = 0; layer < layers; layer++) {
      int row = hiddenRows ? model.moeLayers().get(layer) : layer;
      for (int expert = 0; expert < arrayExperts; expert++) {
        long count = source.count(row, expert);
        if (count < 0 || count > MAX_COUNT) {
          throw new RejectedException(
              IssueReason.SHAPE,
              "count %d of expert %d in layer %d"
                  .formatted(count, expert, model.moeLayers().get(layer)));
        }
        counts[layer * arrayExperts + expert] = count;
      }
    }
    return new LoadCounts(origin, phase, counts, tokens(model, counts));
  }

  /** All layers of a pass see the same tokens; should one say more, it is believed. */
  private static long tokens(ModelGeometry model, long[] counts) {
    long most = 0;
    for (int layer = 0; layer < counts.length; layer += model.experts()) {
      long calls = 0;
      for (int expert = 0; expert < model.experts(); expert++) {
        calls += counts[layer + expert];
      }
      most = Math.max(most, Math.round((double) calls / model.topK()));
    }
    return most;
  }

  /** Tokens behind the counts: calls of the busiest layer over top-k, rounded. */
  public long tokens() {
    return tokens;
  }

  public RunOrigin origin() {
    return origin;
  }

  /** {@code prefill} or {@code decode}; null if the counts are of both. */
  public String phase() {
    return phase;
  }

  /** {@code [MoE layer * experts + expert]} tokens; not copied. */
  public long[] counts() {
    return counts;
  }
}
