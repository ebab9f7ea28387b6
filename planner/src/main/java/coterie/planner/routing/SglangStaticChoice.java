package coterie.planner.routing;

import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;

/**
 * SGLang's {@code static} dispatch: each rank sends all its tokens of an expert to one replica; its
 * own, else the first on its node if the node holds some but not all, else a fair share: replicas
 * are given to the remaining ranks as evenly as possible in a random order.
 *
 * <p>Read in sgl-project/sglang @ 8905cbd4, {@code eplb/expert_location.py}, {@code
 * compute_logical_to_rank_dispatch_physical_map}. The engine shuffles with one Python generator
 * (seed 42) that runs on through experts and layers, so a layer's shares depend on the placements
 * of all layers before it. We draw them for each expert by itself, from the same seed; the numbers
 * of ranks that a replica gets are the same, which ranks these are is not. Without ranks all tokens
 * are those of rank 0.
 */
final class SglangStaticChoice extends RankChoice {

  static final long SEED = 42;

  private final Cluster cluster;
  private final long seed;
  private final int[] share;
  private final SeededRandom random = new SeededRandom(0);

  SglangStaticChoice(Cluster cluster, int ranks, long seed) {
    super(ranks);
    this.cluster = cluster;
    this.seed = seed;
    share = new int[ranks];
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int remaining = 0;
    for (int rank = 0; rank < callers(); rank++) {
      gpuOfCaller[rank] = nearest(expert, replicas, rank);
      remaining += gpuOfCaller[rank] < 0 ? 1 : 0;
    }
    if (remaining == 0) {
      return;
    }
    shareOut(expert, replicas, remaining);
    int next = 0;
    for (int rank = 0; rank < callers(); rank++) {
      if (gpuOfCaller[rank] < 0) {
        gpuOfCaller[rank] = share[next++];
      }
    }
  }

  /** The GPU of the replica that is nearest to a rank, or -1 if none stands out. */
  private int nearest(int expert, ReplicaTable replicas, int rank) {
    int copies = replicas.copies(expert);
    if (copies == 1) {
      return replicas.gpu(expert, 0);
    }
    int onNode = 0;
    int firstOnNode = -1;
    for (int i = 0; i < copies; i++) {
      int gpu = replicas.gpu(expert, i);
      if (gpu == rank) {
        return gpu;
      }
      if (cluster.nodeOf(gpu) == cluster.nodeOf(rank)) {
        firstOnNode = onNode++ == 0 ? gpu : firstOnNode;
      }
    }
    return onNode > 0 && onNode < copies ? firstOnNode : -1;
  }

  /** Fills {@link #share}: each replica {@code size / copies} times, a random rest once more. */
  private void shareOut(int expert, ReplicaTable replicas, int size) {
    int copies = replicas.copies(expert);
    random.restart(SeededRandom.mix(seed + SeededRandom.mix(expert)));
    int even = size - size % copies;
    for (int i = 0; i < even; i++) {
      share[i] = replicas.gpu(expert, i % copies);
    }
    // Every replica is as likely as any other to be among the rest (selection sampling).
    int left = size - even;
    int at = even;
    for (int i = 0; i < copies && left > 0; i++) {
      if (random.nextInt(copies - i) < left) {
        share[at++] = replicas.gpu(expert, i);
        left--;
      }
    }
    random.shuffle(share, size);
  }
}
