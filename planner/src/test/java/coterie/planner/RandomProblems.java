package coterie.planner;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.HostChange;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Small problems drawn from a seed: what the invariants of the planner are held against. */
public final class RandomProblems {

  private RandomProblems() {}

  /** 2 to 7 GPUs of 2 to 5 slots. */
  public static Cluster cluster(SeededRandom random) {
    return new Cluster(2 + random.nextInt(6), 2 + random.nextInt(4));
  }

  /** As many experts as slots, or up to half of the slots fewer; never fewer than a GPU's slots. */
  public static int experts(Cluster cluster, SeededRandom random) {
    int fewest = Math.max(cluster.slotsPerGpu(), cluster.slots() / 2);
    return fewest + random.nextInt(cluster.slots() - fewest + 1);
  }

  /** A sound placement: every expert once, spares wherever no twin arises. */
  public static Placement placement(Cluster cluster, int experts, SeededRandom random) {
    var slots = new int[cluster.slots()];
    Arrays.fill(slots, -1);
    var order = IntStream.range(0, slots.length).toArray();
    random.shuffle(order);
    for (int i = 0; i < order.length; i++) {
      int slot = order[i];
      int expert = i < experts ? i : random.nextInt(experts);
      while (i >= experts && holds(cluster, slots, cluster.gpuOf(slot), expert)) {
        expert = random.nextInt(experts);
      }
      slots[slot] = expert;
    }
    return Placement.of(cluster, experts, slots);
  }

  private static boolean holds(Cluster cluster, int[] slots, int gpu, int expert) {
    return IntStream.range(0, cluster.slotsPerGpu())
        .anyMatch(i -> slots[cluster.firstSlot(gpu) + i] == expert);
  }

  /** Sets of {@code k} experts, each called by 1 to 5 tokens; sets may recur. */
  public static TokenSets tokens(int experts, int k, int sets, SeededRandom random) {
    var builder = TokenSets.builder(experts);
    var all = IntStream.range(0, experts).toArray();
    for (int i = 0; i < sets; i++) {
      random.shuffle(all);
      var set = Arrays.copyOf(all, k);
      Arrays.sort(set);
      builder.add(set, 1 + random.nextInt(5));
    }
    return builder.build();
  }

  /** Makes a random swap or reassignment in {@code slots}, if it leaves a sound placement. */
  public static Optional<HostChange> edit(
      Cluster cluster, int experts, int[] slots, SeededRandom random) {
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
