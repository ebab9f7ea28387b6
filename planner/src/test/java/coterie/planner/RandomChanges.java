package coterie.planner;

import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.objective.HostChange;
import java.util.Optional;
import java.util.stream.IntStream;

/** Moves drawn from a seed, and made: what deltas are held against. */
public final class RandomChanges {

  private RandomChanges() {}

  /** Draws a swap or a reassignment and makes it in {@code slots}; empty if it is not possible. */
  public static Optional<HostChange> edit(
      Cluster cluster, int experts, int[] slots, SeededRandom random) {
    int slot = random.nextInt(slots.length);
    return random.nextInt(2) == 0
        ? swap(cluster, slots, slot, random.nextInt(slots.length))
        : reassign(cluster, slots, slot, random.nextInt(experts));
  }

  private static Optional<HostChange> swap(Cluster cluster, int[] slots, int slotA, int slotB) {
    int a = slots[slotA];
    int b = slots[slotB];
    int gpuA = cluster.gpuOf(slotA);
    int gpuB = cluster.gpuOf(slotB);
    if (gpuA == gpuB
        || a == b
        || holds(cluster, slots, gpuA, b)
        || holds(cluster, slots, gpuB, a)) {
      return Optional.empty();
    }
    slots[slotA] = b;
    slots[slotB] = a;
    return Optional.of(HostChange.swap(a, gpuA, b, gpuB));
  }

  private static Optional<HostChange> reassign(
      Cluster cluster, int[] slots, int slot, int successor) {
    int old = slots[slot];
    int gpu = cluster.gpuOf(slot);
    long copies = IntStream.of(slots).filter(expert -> expert == old).count();
    if (copies < 2 || holds(cluster, slots, gpu, successor)) {
      return Optional.empty();
    }
    slots[slot] = successor;
    return Optional.of(HostChange.reassign(old, successor, gpu));
  }

  private static boolean holds(Cluster cluster, int[] slots, int gpu, int expert) {
    return IntStream.range(cluster.firstSlot(gpu), cluster.firstSlot(gpu + 1))
        .anyMatch(slot -> slots[slot] == expert);
  }
}
