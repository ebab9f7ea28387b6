package coterie.planner.algorithm;

import coterie.planner.model.Cluster;

/**
 * Removes twins: second replicas of an expert on the same GPU, which hold memory and serve nothing.
 *
 * <p>Each twin changes places with the replica on another GPU whose load is nearest to its own, so
 * that the balance suffers least. Where no exchange helps (an expert with more replicas than GPUs)
 * the slot goes to the expert with the most tokens a replica that the GPU does not hold. O(twins *
 * slots * slots per GPU).
 */
final class TwinRepair {

  private final Cluster cluster;
  private final int[] slots;
  private final double[] load;
  private final int[] copies;

  private TwinRepair(Cluster cluster, int[] slots, double[] load) {
    this.cluster = cluster;
    this.slots = slots;
    this.load = load;
    copies = new int[load.length];
    for (int expert : slots) {
      copies[expert]++;
    }
  }

  /** Repairs {@code slots} in place. */
  static void repair(Cluster cluster, int[] slots, double[] load) {
    var repair = new TwinRepair(cluster, slots, load);
    for (int slot = 0; slot < slots.length; slot++) {
      if (repair.isTwin(slot)) {
        repair.replace(slot);
      }
    }
  }

  private boolean isTwin(int slot) {
    for (int other = cluster.firstSlot(cluster.gpuOf(slot)); other < slot; other++) {
      if (slots[other] == slots[slot]) {
        return true;
      }
    }
    return false;
  }

  private void replace(int twin) {
    int partner = nearestPartner(twin);
    if (partner >= 0) {
      int expert = slots[twin];
      slots[twin] = slots[partner];
      slots[partner] = expert;
    } else {
      copies[slots[twin]]--;
      slots[twin] = hottestAbsent(cluster.gpuOf(twin));
      copies[slots[twin]]++;
    }
  }

  private int nearestPartner(int twin) {
    int gpu = cluster.gpuOf(twin);
    int best = -1;
    for (int slot = 0; slot < slots.length; slot++) {
      boolean possible =
          cluster.gpuOf(slot) != gpu
              && !holds(gpu, slots[slot])
              && !holds(cluster.gpuOf(slot), slots[twin]);
      if (possible && (best < 0 || distance(twin, slot) < distance(twin, best))) {
        best = slot;
      }
    }
    return best;
  }

  private double distance(int slotA, int slotB) {
    return Math.abs(replicaLoad(slots[slotA]) - replicaLoad(slots[slotB]));
  }

  private double replicaLoad(int expert) {
    return load[expert] / copies[expert];
  }

  private int hottestAbsent(int gpu) {
    int hottest = -1;
    for (int expert = 0; expert < load.length; expert++) {
      if (!holds(gpu, expert)
          && (hottest < 0
              || load[expert] / (copies[expert] + 1) > load[hottest] / (copies[hottest] + 1))) {
        hottest = expert;
      }
    }
    return hottest;
  }

  private boolean holds(int gpu, int expert) {
    int first = cluster.firstSlot(gpu);
    for (int slot = first; slot < cluster.firstSlot(gpu + 1); slot++) {
      if (slots[slot] == expert) {
        return true;
      }
    }
    return false;
  }
}
