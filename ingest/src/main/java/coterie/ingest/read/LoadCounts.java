package coterie.ingest.read;

import coterie.ingest.table.ModelGeometry;

/**
 * What a source that only counts says: how many tokens called each expert, of one forward pass or
 * of the whole file. A final class around {@code counts[MoE layer * experts + expert]}, in tokens.
 */
public final class LoadCounts {

  /** More tokens than any trace holds; the sum over all experts of a layer still fits a long. */
  private static final long MAX_COUNT = 1L << 47;

  private final RunOrigin origin;
  private final String phase;
  private final long[] counts;

  private LoadCounts(RunOrigin origin, String phase, long[] counts) {
    this.origin = origin;
    this.phase = phase;
    this.counts = counts;
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
   * @throws RejectedException if the shape does not fit the model, or a count cannot be
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
    return new LoadCounts(origin, phase, counts);
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
