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
  private final TrafficPrice price;

  /** {@code [set * gpus + gpu]} experts of the set on the GPU; a set has at most 32,767. */
  private final short[] onGpu;

  /** {@code [set * nodes + node]} experts of the set on the node. */
  private final short[] onNode;

  private long gpuUnits;
  private long nodeUnits;

  CountedTraffic(TokenSets tokens, Placement start, TrafficPrice price) {
    this.price = price;
    sets = new CalledSets(tokens);
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
    return price.perGpu() * gpuUnits + price.perNode() * nodeUnits;
  }

  @Override
  public double gpusPerToken() {
    return (double) gpuUnits / sets.totalWeight();
  }

  @Override
  public double nodesPerToken() {
    return (double) nodeUnits / sets.totalWeight();
  }

  @Override
  public long delta(HostChange change) {
    requireSwap(change);
    int gpuA = change.fromA();
    int gpuB = change.fromB();
    return moved(change.a(), change.b(), gpuA, gpuB) + moved(change.b(), change.a(), gpuB, gpuA);
  }

  /** What moving {@code expert} costs the sets that do not hold {@code other}. */
  private long moved(int expert, int other, int from, int to) {
    int fromNode = cluster.nodeOf(from);
    int toNode = cluster.nodeOf(to);
    boolean weighNodes = price.perNode() > 0 && fromNode != toNode;
    long units = 0;
    for (int i = sets.begin(expert); i < sets.end(expert); i++) {
      int set = sets.setOf(i);
      int more = price.perGpu() * difference(onGpu, set * cluster.gpus(), from, to);
      if (weighNodes) {
        more += price.perNode() * difference(onNode, set * cluster.nodes(), fromNode, toNode);
      }
      if (more != 0 && !sets.holds(set, other)) {
        units += more * sets.weight(set);
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
      gpuUnits += sets.weight(set);
    }
    if (onNode[set * cluster.nodes() + node]++ == 0) {
      nodeUnits += sets.weight(set);
    }
  }

  private void leave(int set, int gpu, int node) {
    if (--onGpu[set * cluster.gpus() + gpu] == 0) {
      gpuUnits -= sets.weight(set);
    }
    if (--onNode[set * cluster.nodes() + node] == 0) {
      nodeUnits -= sets.weight(set);
    }
  }

  private static void requireSwap(HostChange change) {
    if (change.fromA() < 0 || change.fromA() != change.toB() || change.fromB() != change.toA()) {
      throw new IllegalArgumentException(change + " is no swap, and there are no spares");
    }
  }
}
