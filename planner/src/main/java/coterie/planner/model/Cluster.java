package coterie.planner.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * GPUs over which the experts of one layer are spread, in nodes of as many GPUs each.
 *
 * <p>Slots are numbered in GPU blocks, GPUs in node blocks, as every engine numbers them: with
 * {@code s} slots on every GPU, slot {@code j} lies on GPU {@code j / s}, and GPU {@code g} on node
 * {@code g / (gpus / nodes)}. Engines want the same number of slots on every GPU; a cluster with
 * different numbers is for those who place experts themselves.
 *
 * <p>A final class and not a record: it hides its arrays and compares by content.
 */
public final class Cluster implements Serializable {

  private static final long serialVersionUID = 1;

  private final int nodes;

  /** {@code [gpus + 1]} where the slots of each GPU begin. */
  private final int[] firstSlot;

  /** {@code [slots]} the GPU of each slot. */
  private final int[] gpuOf;

  /** One node of {@code gpus} GPUs with room for {@code slotsPerGpu} replicas each. */
  public Cluster(int gpus, int slotsPerGpu) {
    this(1, gpus, slotsPerGpu);
  }

  /**
   * Equal GPUs.
   *
   * @param nodes at least 1; a divisor of {@code gpus}
   * @param gpus expert-parallel ranks in all, at least 1
   * @param slotsPerGpu replicas a GPU has room for in one layer, at least 1
   */
  public Cluster(int nodes, int gpus, int slotsPerGpu) {
    this(nodes, uniform(gpus, slotsPerGpu));
  }

  private Cluster(int nodes, int[] slotsOfGpu) {
    if (nodes < 1 || slotsOfGpu.length % nodes != 0) {
      throw new IllegalArgumentException(
          "%d GPUs do not divide over %d nodes".formatted(slotsOfGpu.length, nodes));
    }
    this.nodes = nodes;
    firstSlot = new int[slotsOfGpu.length + 1];
    for (int gpu = 0; gpu < slotsOfGpu.length; gpu++) {
      if (slotsOfGpu[gpu] < 1) {
        throw new IllegalArgumentException(
            "slots per GPU is " + slotsOfGpu[gpu] + ", must be at least 1");
      }
      firstSlot[gpu + 1] = firstSlot[gpu] + slotsOfGpu[gpu];
    }
    gpuOf = new int[firstSlot[slotsOfGpu.length]];
    for (int gpu = 0; gpu < slotsOfGpu.length; gpu++) {
      Arrays.fill(gpuOf, firstSlot[gpu], firstSlot[gpu + 1], gpu);
    }
  }

  private static int[] uniform(int gpus, int slotsPerGpu) {
    if (gpus < 1) {
      throw new IllegalArgumentException("gpus is " + gpus + ", must be at least 1");
    }
    var slots = new int[gpus];
    Arrays.fill(slots, slotsPerGpu);
    return slots;
  }

  /**
   * GPUs with room of their own.
   *
   * @param slotsOfGpu {@code [gpus]} replicas that each GPU has room for, at least 1; copied
   */
  public static Cluster ofSlots(int nodes, int... slotsOfGpu) {
    if (slotsOfGpu.length == 0) {
      throw new IllegalArgumentException("gpus is 0, must be at least 1");
    }
    return new Cluster(nodes, slotsOfGpu);
  }

  public int nodes() {
    return nodes;
  }

  /** Expert-parallel ranks. */
  public int gpus() {
    return firstSlot.length - 1;
  }

  public int gpusPerNode() {
    return gpus() / nodes;
  }

  /** The node of GPU {@code gpu}. */
  public int nodeOf(int gpu) {
    return gpu / gpusPerNode();
  }

  /** All slots of one layer. */
  public int slots() {
    return gpuOf.length;
  }

  /** Slots of GPU {@code gpu}. */
  public int slotsOf(int gpu) {
    return firstSlot[gpu + 1] - firstSlot[gpu];
  }

  /** Slots of the GPU that has most. */
  public int mostSlots() {
    int most = 0;
    for (int gpu = 0; gpu < gpus(); gpu++) {
      most = Math.max(most, slotsOf(gpu));
    }
    return most;
  }

  /** True if every GPU has the same number of slots. */
  public boolean even() {
    return mostSlots() * gpus() == slots();
  }

  /**
   * Slots of every GPU.
   *
   * @throws IllegalStateException if they are not the same
   */
  public int slotsPerGpu() {
    if (!even()) {
      throw new IllegalStateException("the GPUs of " + this + " have different numbers of slots");
    }
    return slotsOf(0);
  }

  /** The GPU that holds slot {@code slot}. */
  public int gpuOf(int slot) {
    return gpuOf[slot];
  }

  /** The first slot of GPU {@code gpu}; of the GPU after the last, the number of slots. */
  public int firstSlot(int gpu) {
    return firstSlot[gpu];
  }

  /** The GPUs of one node, as a cluster of their own. */
  public Cluster node(int node) {
    var slots = new int[gpusPerNode()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = slotsOf(node * gpusPerNode() + i);
    }
    return new Cluster(1, slots);
  }

  /** The same nodes and GPUs with other numbers of slots. */
  public Cluster withSlots(int... slotsOfGpu) {
    if (slotsOfGpu.length != gpus()) {
      throw new IllegalArgumentException(
          "%d numbers of slots for %d GPUs".formatted(slotsOfGpu.length, gpus()));
    }
    return new Cluster(nodes, slotsOfGpu);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cluster that
        && nodes == that.nodes
        && Arrays.equals(firstSlot, that.firstSlot);
  }

  @Override
  public int hashCode() {
    return 31 * nodes + Arrays.hashCode(firstSlot);
  }

  @Override
  public String toString() {
    var slots = new StringBuilder();
    if (even()) {
      slots.append(slotsOf(0));
    } else {
      for (int gpu = 0; gpu < gpus(); gpu++) {
        slots.append(gpu == 0 ? "" : "+").append(slotsOf(gpu));
      }
    }
    return (nodes == 1 ? "" : nodes + " nodes, ") + gpus() + " GPUs x " + slots + " slots";
  }
}
