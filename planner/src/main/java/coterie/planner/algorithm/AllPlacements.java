package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Every sound placement of a tiny layer, once each.
 *
 * <p>Experts ascend within a GPU, for their order there is of no account. Where GPUs are alike,
 * each holds no less (in dictionary order) than the GPU before it if that has as many slots, so
 * that of their permutations only one is met.
 */
final class AllPlacements {

  private final Cluster cluster;
  private final boolean gpusAlike;
  private final Consumer<int[]> visitor;
  private final int[] slots;
  private final int[] copies;
  private int missing;

  private AllPlacements(Cluster cluster, int experts, boolean gpusAlike, Consumer<int[]> visitor) {
    this.cluster = cluster;
    this.gpusAlike = gpusAlike;
    this.visitor = visitor;
    slots = new int[cluster.slots()];
    copies = new int[experts];
    missing = experts;
  }

  /**
   * Visits.
   *
   * @param gpusAlike if exchanging two GPUs of as many slots leaves all that matters the same
   * @param visitor gets {@code [slots]} experts in GPU blocks; the array is used again
   */
  static void visit(Cluster cluster, int experts, boolean gpusAlike, Consumer<int[]> visitor) {
    new AllPlacements(cluster, experts, gpusAlike, visitor).fill(0);
  }

  /** About how many there are: never fewer than are visited. */
  static double atMost(Cluster cluster, int experts) {
    double count = 1;
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      for (int i = 0; i < cluster.slotsOf(gpu); i++) {
        count *= (double) (experts - i) / (i + 1);
      }
    }
    return count;
  }

  private void fill(int slot) {
    if (missing > slots.length - slot) {
      return;
    }
    if (slot == slots.length) {
      visitor.accept(slots);
      return;
    }
    int gpu = cluster.gpuOf(slot);
    int first = slot == cluster.firstSlot(gpu) ? 0 : slots[slot - 1] + 1;
    for (int expert = first; expert < copies.length; expert++) {
      slots[slot] = expert;
      if (inOrder(gpu, slot)) {
        missing -= copies[expert]++ == 0 ? 1 : 0;
        fill(slot + 1);
        missing += --copies[expert] == 0 ? 1 : 0;
      }
    }
  }

  /** True unless the GPU, as far as it is filled, comes before the last alike. */
  private boolean inOrder(int gpu, int slot) {
    if (!gpusAlike || gpu == 0 || cluster.slotsOf(gpu) != cluster.slotsOf(gpu - 1)) {
      return true;
    }
    int from = cluster.firstSlot(gpu);
    int length = slot + 1 - from;
    int before = cluster.firstSlot(gpu - 1);
    return Arrays.compare(slots, from, from + length, slots, before, before + length) >= 0;
  }
}
