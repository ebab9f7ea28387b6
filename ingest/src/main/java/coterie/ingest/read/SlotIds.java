package coterie.ingest.read;

import coterie.ingest.container.TensorIntegers;

/** Logical experts of a forward pass that was recorded in physical slots. */
final class SlotIds implements RoutedIds {

  private final SlotMap slots;
  private final TensorIntegers ids;
  private final int topK;

  /**
   * A view.
   *
   * @param ids {@code [layers, tokens, columns]} slots
   * @param topK the first columns that are used
   */
  SlotIds(SlotMap slots, TensorIntegers ids, int topK) {
    this.slots = slots;
    this.ids = ids;
    this.topK = topK;
  }

  @Override
  public int rows() {
    return ids.size(1);
  }

  @Override
  public int layers() {
    return ids.size(0);
  }

  @Override
  public int topK() {
    return topK;
  }

  @Override
  public int id(int row, int layer, int k) {
    return slots.expert(layer, ids.at(layer, row, k));
  }
}
