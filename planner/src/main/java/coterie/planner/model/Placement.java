package coterie.planner.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Which expert each slot of one layer holds.
 *
 * <p>A placement is always sound: every expert has a replica, and no GPU holds the same expert
 * twice (a twin is a wasted slot everywhere and mis-routes tokens in vLLM-Ascend).
 *
 * <p>A final class and not a record: it hides its array and compares by content.
 */
public final class Placement implements Serializable {

  private static final long serialVersionUID = 1;

  private final Cluster cluster;
  private final int experts;
  private final int[] slotToExpert;

  private Placement(Cluster cluster, int experts, int[] slotToExpert) {
    this.cluster = cluster;
    this.experts = experts;
    this.slotToExpert = slotToExpert;
  }

  /**
   * Checks and takes over a slot table.
   *
   * @param slotToExpert {@code [slots]} expert ids in {@code [0, experts)}, in GPU blocks; copied
   * @throws IllegalArgumentException naming the slot, GPU or expert that is wrong
   */
  public static Placement of(Cluster cluster, int experts, int[] slotToExpert) {
    if (slotToExpert.length != cluster.slots()) {
      throw new IllegalArgumentException(
          "placement has " + slotToExpert.length + " slots, the cluster " + cluster.slots());
    }
    var holder = new int[experts];
    Arrays.fill(holder, -1);
    for (int slot = 0; slot < slotToExpert.length; slot++) {
      int expert = slotToExpert[slot];
      if (expert < 0 || expert >= experts) {
        throw new IllegalArgumentException(
            "slot " + slot + " holds expert " + expert + ", must be in [0, " + experts + ")");
      }
      // Slots come in GPU blocks, so the last GPU seen is enough to find a twin.
      int gpu = cluster.gpuOf(slot);
      if (holder[expert] == gpu) {
        throw new IllegalArgumentException("GPU " + gpu + " holds expert " + expert + " twice");
      }
      holder[expert] = gpu;
    }
    for (int expert = 0; expert < experts; expert++) {
      if (holder[expert] < 0) {
        throw new IllegalArgumentException("expert " + expert + " has no slot");
      }
    }
    return new Placement(cluster, experts, slotToExpert.clone());
  }

  public Cluster cluster() {
    return cluster;
  }

  /** Number of experts of the layer; ids are {@code [0, experts)}. */
  public int experts() {
    return experts;
  }

  /** The expert in slot {@code slot}. */
  public int expertAt(int slot) {
    return slotToExpert[slot];
  }

  /** {@code [slots]} expert ids in GPU blocks; a copy. */
  public int[] toArray() {
    return slotToExpert.clone();
  }

  /** {@code [experts]} number of replicas of each expert, at least 1. */
  public int[] copies() {
    var copies = new int[experts];
    for (int expert : slotToExpert) {
      copies[expert]++;
    }
    return copies;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Placement that
        && experts == that.experts
        && cluster.equals(that.cluster)
        && Arrays.equals(slotToExpert, that.slotToExpert);
  }

  @Override
  public int hashCode() {
    return 31 * cluster.hashCode() + Arrays.hashCode(slotToExpert);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      int first = cluster.firstSlot(gpu);
      text.append(gpu == 0 ? "" : " | ");
      for (int i = 0; i < cluster.slotsOf(gpu); i++) {
        text.append(i == 0 ? "" : " ").append(slotToExpert[first + i]);
      }
    }
    return text.toString();
  }
}
