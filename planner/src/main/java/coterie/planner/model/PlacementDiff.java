package coterie.planner.model;

import java.util.Arrays;

/**
 * What has to be copied to turn one placement of a layer into another.
 *
 * <p>A slot is <em>moved</em> if its expert is new to its GPU. The order of the slots within a GPU
 * does not matter, since engines address experts through a table; the number of slots may differ,
 * the GPUs may not. The weights of {@code moved()} experts have to be read from somewhere else, so
 * bytes moved are {@code moved()} times the bytes of an expert. O(GPUs x experts).
 */
public final class PlacementDiff {

  private final int[] movedTo;
  private final int[] copiesGained;
  private final boolean[] arrives;
  private final int experts;

  private PlacementDiff(int[] movedTo, int[] copiesGained, boolean[] arrives, int experts) {
    this.movedTo = movedTo;
    this.copiesGained = copiesGained;
    this.arrives = arrives;
    this.experts = experts;
  }

  /**
   * Counts.
   *
   * @param from the placement in use
   * @param to the one that shall replace it
   * @throws IllegalArgumentException if they do not have the same GPUs and experts
   */
  public static PlacementDiff of(Placement from, Placement to) {
    int gpus = to.cluster().gpus();
    int experts = to.experts();
    if (from.cluster().gpus() != gpus || from.experts() != experts) {
      throw new IllegalArgumentException(
          "a placement of %d experts on %d GPUs does not compare with one of %d on %d"
              .formatted(from.experts(), from.cluster().gpus(), experts, gpus));
    }
    var held = holds(from);
    var movedTo = new int[gpus];
    var arrives = new boolean[gpus * experts];
    for (int slot = 0; slot < to.cluster().slots(); slot++) {
      int gpu = to.cluster().gpuOf(slot);
      int at = gpu * experts + to.expertAt(slot);
      if (!held[at]) {
        movedTo[gpu]++;
        arrives[at] = true;
      }
    }
    var copiesGained = to.copies();
    var before = from.copies();
    for (int expert = 0; expert < experts; expert++) {
      copiesGained[expert] -= before[expert];
    }
    return new PlacementDiff(movedTo, copiesGained, arrives, experts);
  }

  private static boolean[] holds(Placement placement) {
    int experts = placement.experts();
    var held = new boolean[placement.cluster().gpus() * experts];
    for (int slot = 0; slot < placement.cluster().slots(); slot++) {
      held[placement.cluster().gpuOf(slot) * experts + placement.expertAt(slot)] = true;
    }
    return held;
  }

  /** Slots whose expert is new to their GPU, in {@code [0, slots of the new placement]}. */
  public int moved() {
    return Arrays.stream(movedTo).sum();
  }

  /** Slots of {@code gpu} whose expert is new to it. */
  public int moved(int gpu) {
    return movedTo[gpu];
  }

  /** True if {@code gpu} has to be given the weights of {@code expert}. */
  public boolean arrives(int gpu, int expert) {
    return arrives[gpu * experts + expert];
  }

  /** Replicas that {@code expert} gains, negative if it loses some. */
  public int copiesGained(int expert) {
    return copiesGained[expert];
  }

  /** Replicas that experts gain, over those that gain any. */
  public int replicasGained() {
    return Arrays.stream(copiesGained).filter(change -> change > 0).sum();
  }

  /** Replicas that experts lose, over those that lose any; not negative. */
  public int replicasLost() {
    return -Arrays.stream(copiesGained).filter(change -> change < 0).sum();
  }

  @Override
  public String toString() {
    return "%d moved, %d replicas gained, %d lost"
        .formatted(moved(), replicasGained(), replicasLost());
  }
}
