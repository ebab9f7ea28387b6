package coterie.planner.model;

/**
 * GPUs of equal room over which the experts of one layer are spread.
 *
 * <p>Slots are numbered in GPU blocks, as every engine numbers them: slot {@code j} lies on GPU
 * {@code j / slotsPerGpu}.
 *
 * @param gpus expert-parallel ranks, at least 1
 * @param slotsPerGpu replicas a GPU has room for in one layer, at least 1
 */
public record Cluster(int gpus, int slotsPerGpu) {

  public Cluster {
    if (gpus < 1) {
      throw new IllegalArgumentException("gpus is " + gpus + ", must be at least 1");
    }
    if (slotsPerGpu < 1) {
      throw new IllegalArgumentException(
          "slots per GPU is " + slotsPerGpu + ", must be at least 1");
    }
  }

  /** All slots of one layer. */
  public int slots() {
    return gpus * slotsPerGpu;
  }

  /** The GPU that holds slot {@code slot}. */
  public int gpuOf(int slot) {
    return slot / slotsPerGpu;
  }

  /** The first slot of GPU {@code gpu}. */
  public int firstSlot(int gpu) {
    return gpu * slotsPerGpu;
  }

  @Override
  public String toString() {
    return gpus + " GPUs x " + slotsPerGpu + " slots";
  }
}
