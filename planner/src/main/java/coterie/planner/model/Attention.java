package coterie.planner.model;

/** How attention is spread over the GPUs, and so what a GPU knows of a step. */
public enum Attention {
  /** Every GPU holds a part of each head and sees the whole batch. */
  TENSOR_PARALLEL,
  /** Every GPU serves requests of its own and sees their tokens only: tokens start on ranks. */
  DATA_PARALLEL;

  /** The steps with their tokens where this attention has them, on {@code gpus} GPUs. */
  public TokenBatches place(TokenBatches batches, int gpus) {
    return batches.onRanks(this == DATA_PARALLEL ? gpus : 1);
  }
}
