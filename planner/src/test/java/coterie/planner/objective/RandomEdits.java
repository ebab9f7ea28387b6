package coterie.planner.objective;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import java.util.Optional;

/** Random moves, as a search makes them. */
final class RandomEdits {

  private RandomEdits() {}

  /** Makes a random swap or reassignment in {@code slots}, if it leaves a sound placement. */
  static Optional<HostChange> edit(Cluster cluster, int experts, int[] slots, SeededRandom random) {
    int slotA = random.nextInt(slots.length);
    int slotB = random.nextInt(slots.length);
    int expert = random.nextInt(experts);
    int a = slots[slotA];
    int b = slots[slotB];
    HostChange change;
    if (random.nextInt(2) == 0) {
      change = HostChange.swap(a, cluster.gpuOf(slotA), b, cluster.gpuOf(slotB));
      slots[slotA] = b;
      slots[slotB] = a;
    } else {
      change = HostChange.reassign(a, expert, cluster.gpuOf(slotA));
      slots[slotA] = expert;
    }
    boolean trivial = change.a() == change.b() || change.fromA() == change.toA();
    if (!trivial && sound(cluster, experts, slots)) {
      return Optional.of(change);
    }
    slots[slotA] = a;
    slots[slotB] = b;
    return Optional.empty();
  }

  private static boolean sound(Cluster cluster, int experts, int[] slots) {
    try {
      Placement.of(cluster, experts, slots);
      return true;
    } catch (IllegalArgumentException unsound) {
      return false;
    }
  }
}
