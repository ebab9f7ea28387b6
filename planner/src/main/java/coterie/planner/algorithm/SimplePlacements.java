package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import java.util.Arrays;

/** Placements that look at no trace: what engines do without one, and the random null. */
final class SimplePlacements {

  private static final int EMPTY = -1;

  private SimplePlacements() {}

  /** Slot j holds expert {@code j mod E}, as engines lay out a model that has no plan. */
  static int[] contiguous(Cluster cluster, int experts) {
    var slots = new int[cluster.slots()];
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = slot % experts;
    }
    return slots;
  }

  /** Expert e on GPU {@code e mod G}, full GPUs passed over; spares in the order of the experts. */
  static int[] roundRobin(Cluster cluster, int experts) {
    var slots = empty(cluster);
    var filled = new int[cluster.gpus()];
    int gpu = 0;
    for (int expert = 0; expert < experts; expert++) {
      while (filled[gpu] == cluster.slotsOf(gpu)) {
        gpu = (gpu + 1) % cluster.gpus();
      }
      slots[cluster.firstSlot(gpu) + filled[gpu]++] = expert;
      gpu = (gpu + 1) % cluster.gpus();
    }
    int next = 0;
    for (int slot = 0; slot < slots.length; slot++) {
      if (slots[slot] == EMPTY) {
        while (holds(slots, cluster, cluster.gpuOf(slot), next % experts)) {
          next++;
        }
        slots[slot] = next++ % experts;
      }
    }
    return slots;
  }

  /** Every expert in a uniformly drawn slot; spares drawn among the experts not on the GPU. */
  static int[] random(Cluster cluster, int experts, SeededRandom random) {
    var order = new int[cluster.slots()];
    Arrays.setAll(order, slot -> slot);
    random.shuffle(order);
    var slots = empty(cluster);
    for (int expert = 0; expert < experts; expert++) {
      slots[order[expert]] = expert;
    }
    for (int i = experts; i < order.length; i++) {
      int gpu = cluster.gpuOf(order[i]);
      int expert = random.nextInt(experts);
      while (holds(slots, cluster, gpu, expert)) {
        expert = random.nextInt(experts);
      }
      slots[order[i]] = expert;
    }
    return slots;
  }

  private static int[] empty(Cluster cluster) {
    var slots = new int[cluster.slots()];
    Arrays.fill(slots, EMPTY);
    return slots;
  }

  private static boolean holds(int[] slots, Cluster cluster, int gpu, int expert) {
    int first = cluster.firstSlot(gpu);
    for (int slot = first; slot < cluster.firstSlot(gpu + 1); slot++) {
      if (slots[slot] == expert) {
        return true;
      }
    }
    return false;
  }
}
