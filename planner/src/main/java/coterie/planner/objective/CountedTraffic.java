package coterie.planner.objective;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;

/**
 * Traffic without spares: for each set and GPU the number of its experts there, so that a swap is
 * priced by two look-ups for each set that holds one of the two experts.
 */
final class CountedTraffic implements TrafficCost {

  private final CalledSets sets;
  private final Cluster cluster;

  /** {@code [set * gpus + gpu]} experts of the set on the GPU; a set has at most 32,767. */
  private final short[] onGpu;

  /** {@code [set * nodes + node]} experts of the set on the node. */
  private final short[] onNode;

  private final boolean nodesCost;
  private long total;

  CountedTraffic(TokenSets tokens, Placement start, TrafficPrice price) {
    sets = new CalledSets(tokens, price);
    nodesCost = price.perNode() > 0;
    cluster = start.cluster();
    onGpu = new short[sets.size() * cluster.gpus()];
    onNode = new short[sets.size() * cluster.nodes()];
    for (int slot = 0; slot < cluster.slots(); slot++) {
      int expert = start.expertAt(slot);
      int gpu = cluster.gpuOf(slot);
      for (int i = sets.begin(expert); i < sets.end(expert); i++) {
        arrive(sets.setOf(i), gpu, cluster.nodeOf(gpu));
      }
    }
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public double gpusPerToken() {
    return sets.mean(set -> occupied(onGpu, set * cluster.gpus(), cluster.gpus()));
  }

  @Override
  public double nodesPerToken() {
    return sets.mean(set -> occupied(onNode, set * cluster.nodes(), cluster.nodes()));
  }

  private static int occupied(short[] count, int from, int size) {
    int occupied = 0;
    for (int i = from; i < from + size; i++) {
      occupied += count[i] > 0 ? 1 : 0;
    }
    return occupied;
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    requireSwap(change);
    int gpuA = change.fromA();
    int gpuB = change.fromB();
    return moved(change.a(), change.b(), gpuA, gpuB) + moved(change.b(), change.a(), gpuB, gpuA);
  }

  /** What moving {@code expert} costs the sets that do not hold {@code other}. */
  private long moved(int expert, int other, int from, int to) {
    int fromNode = cluster.nodeOf(from);
    int toNode = cluster.nodeOf(to);
    boolean weighNodes = nodesCost && fromNode != toNode;
    long units = 0;
    for (int i = sets.begin(expert); i < sets.end(expert); i++) {
      int set = sets.setOf(i);
      int gpus = difference(onGpu, set * cluster.gpus(), from, to);
      int nodes = weighNodes ? difference(onNode, set * cluster.nodes(), fromNode, toNode) : 0;
      if ((gpus != 0 || nodes != 0) && !sets.holds(set, other)) {
        units += gpus * sets.gpuUnits(set) + nodes * sets.nodeUnits(set);
      }
    }
    return units;
  }

  private static int difference(short[] count, int base, int from, int to) {
    int difference = 0;
    if (count[base + to] == 0) {
      difference++;
    }
    if (count[base + from] == 1) {
      difference--;
    }
    return difference;
  }

  @Override
  public void apply(HostChange change) {
    requireSwap(change);
    move(change.a(), change.fromA(), change.toA());
    move(change.b(), change.fromB(), change.toB());
  }

  private void move(int expert, int from, int to) {
    int fromNode = cluster.nodeOf(from);
    int toNode = cluster.nodeOf(to);
    for (int i = sets.begin(expert); i < sets.end(expert); i++) {
      int set = sets.setOf(i);
      arrive(set, to, toNode);
      leave(set, from, fromNode);
    }
  }

  private void arrive(int set, int gpu, int node) {
    if (onGpu[set * cluster.gpus() + gpu]++ == 0) {
      total += sets.gpuUnits(set);
    }
    if (onNode[set * cluster.nodes() + node]++ == 0) {
      total += sets.nodeUnits(set);
    }
  }

  private void leave(int set, int gpu, int node) {
    if (--onGpu[set * cluster.gpus() + gpu] == 0) {
      total -= sets.gpuUnits(set);
    }
    if (--onNode[set * cluster.nodes() + node] == 0) {
      total -= sets.nodeUnits(set);
    }
  }

  private static void requireSwap(HostChange change) {
    if (change.fromA() < 0
        || change.fromB() < 0
        || change.fromA() != change.toB()
        || change.fromB() != change.toA()) {
      throw new IllegalArgumentException(change + " is no swap, and there are no spares");
    }
  }
}
