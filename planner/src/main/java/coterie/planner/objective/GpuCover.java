package coterie.planner.objective;

import coterie.planner.model.Cluster;
import coterie.planner.routing.ReplicaTable;
import java.util.Arrays;

/**
 * The cheapest GPUs that together hold all experts of a set.
 *
 * <p>Set cover, so exponential in the number of experts with several replicas; a token has at most
 * a dozen of them with two or three each. Experts with one replica fix their GPU first; then depth
 * first over the replicas of the first expert that is not covered, cut off where it gets no better.
 */
final class GpuCover {

  private final Cluster cluster;
  private final ReplicaTable replicas;
  private final TrafficPrice price;

  /** {@code [gpus]} and {@code [nodes]}: chosen how often. */
  private final int[] gpuUses;

  private final int[] nodeUses;
  private final int[] open;
  private int openCount;
  private int gpus;
  private int nodes;
  private int bestGpus;
  private int bestNodes;

  GpuCover(Cluster cluster, ReplicaTable replicas, TrafficPrice price) {
    this.cluster = cluster;
    this.replicas = replicas;
    this.price = price;
    gpuUses = new int[cluster.gpus()];
    nodeUses = new int[cluster.nodes()];
    open = new int[replicas.experts()];
  }

  /** Begins an empty set. */
  void start() {
    Arrays.fill(gpuUses, 0);
    Arrays.fill(nodeUses, 0);
    openCount = 0;
    gpus = 0;
    nodes = 0;
  }

  /** Adds an expert to the set. */
  void add(int expert) {
    if (replicas.copies(expert) == 1) {
      choose(replicas.gpu(expert, 0));
    } else {
      open[openCount++] = expert;
    }
  }

  /** Finds the cheapest cover; of equal ones that of fewest GPUs. */
  void solve() {
    bestGpus = cluster.gpus() + 1;
    bestNodes = cluster.nodes() + 1;
    descend(0);
  }

  int gpus() {
    return bestGpus;
  }

  int nodes() {
    return bestNodes;
  }

  private void descend(int from) {
    if (!better()) {
      return;
    }
    int next = from;
    while (next < openCount && covered(open[next])) {
      next++;
    }
    if (next == openCount) {
      bestGpus = gpus;
      bestNodes = nodes;
      return;
    }
    for (int replica = 0; replica < replicas.copies(open[next]); replica++) {
      int gpu = replicas.gpu(open[next], replica);
      choose(gpu);
      descend(next + 1);
      release(gpu);
    }
  }

  private boolean better() {
    double now = price.of(gpus, nodes);
    double best = price.of(bestGpus, bestNodes);
    if (now != best) {
      return now < best;
    }
    return gpus != bestGpus ? gpus < bestGpus : nodes < bestNodes;
  }

  private boolean covered(int expert) {
    for (int replica = 0; replica < replicas.copies(expert); replica++) {
      if (gpuUses[replicas.gpu(expert, replica)] > 0) {
        return true;
      }
    }
    return false;
  }

  private void choose(int gpu) {
    if (gpuUses[gpu]++ == 0) {
      gpus++;
      if (nodeUses[cluster.nodeOf(gpu)]++ == 0) {
        nodes++;
      }
    }
  }

  private void release(int gpu) {
    if (--gpuUses[gpu] == 0) {
      gpus--;
      if (--nodeUses[cluster.nodeOf(gpu)] == 0) {
        nodes--;
      }
    }
  }
}
