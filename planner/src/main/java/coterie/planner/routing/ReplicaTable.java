package coterie.planner.routing;

import coterie.planner.model.Placement;
import java.util.Arrays;

/**
 * The GPUs that hold a replica of each expert, in a form that routing reads and a search edits.
 *
 * <p>{@code gpus[expert * gpuCount + i]}, {@code i < copies[expert]}, are distinct GPUs. They
 * always ascend, which is the order of the slots and so the order in which engines number replicas.
 */
public final class ReplicaTable {

  private final int gpuCount;
  private final int[] copies;
  private final int[] gpus;

  private ReplicaTable(int gpuCount, int[] copies, int[] gpus) {
    this.gpuCount = gpuCount;
    this.copies = copies;
    this.gpus = gpus;
  }

  public static ReplicaTable of(Placement placement) {
    int gpuCount = placement.cluster().gpus();
    var table =
        new ReplicaTable(
            gpuCount, new int[placement.experts()], new int[placement.experts() * gpuCount]);
    for (int slot = 0; slot < placement.cluster().slots(); slot++) {
      table.edit(placement.expertAt(slot), -1, placement.cluster().gpuOf(slot));
    }
    return table;
  }

  /** GPUs of the cluster. */
  public int gpuCount() {
    return gpuCount;
  }

  public int experts() {
    return copies.length;
  }

  /** Replicas of {@code expert}. */
  public int copies(int expert) {
    return copies[expert];
  }

  /** The GPU of replica {@code replica} of {@code expert}. */
  public int gpu(int expert, int replica) {
    return gpus[expert * gpuCount + replica];
  }

  public boolean holds(int gpu, int expert) {
    int base = expert * gpuCount;
    for (int i = base; i < base + copies[expert]; i++) {
      if (gpus[i] == gpu) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a replica of {@code expert} from one GPU to another that has none.
   *
   * @param from the GPU that loses it, or below 0 for an additional replica
   * @param to the GPU that gains it, or below 0 to drop it
   */
  public void edit(int expert, int from, int to) {
    if (from >= 0) {
      remove(expert, from);
    }
    if (to >= 0) {
      insert(expert, to);
    }
  }

  private void remove(int expert, int gpu) {
    int i = indexOf(expert, gpu);
    int last = expert * gpuCount + --copies[expert];
    for (; i < last; i++) {
      gpus[i] = gpus[i + 1];
    }
  }

  private void insert(int expert, int gpu) {
    int base = expert * gpuCount;
    int i = base + copies[expert]++;
    for (; i > base && gpus[i - 1] > gpu; i--) {
      gpus[i] = gpus[i - 1];
    }
    gpus[i] = gpu;
  }

  private int indexOf(int expert, int gpu) {
    int base = expert * gpuCount;
    for (int i = base; i < base + copies[expert]; i++) {
      if (gpus[i] == gpu) {
        return i;
      }
    }
    throw new IllegalStateException("GPU " + gpu + " holds no replica of expert " + expert);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int expert = 0; expert < copies.length; expert++) {
      int base = expert * gpuCount;
      text.append(expert == 0 ? "" : ", ")
          .append(expert)
          .append(" on ")
          .append(Arrays.toString(Arrays.copyOfRange(gpus, base, base + copies[expert])));
    }
    return text.toString();
  }
}
