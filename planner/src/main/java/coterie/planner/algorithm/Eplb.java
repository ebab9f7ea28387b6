package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import java.util.Arrays;

/**
 * DeepSeek's expert-parallelism load balancer, which equalises the expected tokens of GPUs.
 *
 * <p>deepseek-ai/EPLB @ d52c72d5 (MIT), written anew after its description: spare replicas go one
 * by one to the expert with the most tokens a replica, then replicas are packed onto GPUs by {@link
 * BalancedPacking}. The hierarchical form first packs expert groups onto nodes and replicates
 * within a node. It sees loads only: neither which experts act together nor batch sizes.
 *
 * <p>As published it may put two replicas of an expert on one GPU. {@link #slots} keeps that,
 * {@link #soundPlacement} repairs it.
 */
public final class Eplb {

  private Eplb() {}

  /**
   * The published algorithm.
   *
   * @param load {@code [experts]} tokens of each expert
   * @param slots replicas in all; a multiple of {@code gpus}
   * @param groups expert groups of the model; hierarchical if they divide over {@code nodes}
   * @return {@code [slots]} expert of each slot, in GPU blocks
   */
  public static int[] slots(double[] load, int slots, int groups, int nodes, int gpus) {
    return groups % nodes == 0
        ? hierarchical(load, slots, groups, nodes, gpus)
        : hierarchical(load, slots, 1, 1, gpus);
  }

  /** The global form, with same-GPU duplicates repaired. */
  static int[] soundPlacement(Cluster cluster, double[] load) {
    var slots = slots(load, cluster.slots(), 1, 1, cluster.gpus());
    TwinRepair.repair(cluster, slots, load);
    return slots;
  }

  private static int[] hierarchical(double[] load, int slots, int groups, int nodes, int gpus) {
    int groupSize = load.length / groups;
    var groupLoad = new double[groups];
    for (int expert = 0; expert < load.length; expert++) {
      groupLoad[expert / groupSize] += load[expert];
    }
    var toNodes = new BalancedPacking(groupLoad, nodes);
    int slotsPerNode = slots / nodes;
    var result = new int[slots];
    for (int node = 0; node < nodes; node++) {
      var experts = expertsOf(node, toNodes, groupSize, groups / nodes);
      var local = onNode(loadsOf(experts, load), slotsPerNode, gpus / nodes);
      for (int slot = 0; slot < slotsPerNode; slot++) {
        result[node * slotsPerNode + slot] = experts[local[slot]];
      }
    }
    return result;
  }

  /** The experts of the groups on a node, in the order in which the groups were packed. */
  private static int[] expertsOf(int node, BalancedPacking toNodes, int groupSize, int groups) {
    var experts = new int[groups * groupSize];
    for (int group = 0; group < toNodes.pack.length; group++) {
      if (toNodes.pack[group] == node) {
        for (int i = 0; i < groupSize; i++) {
          experts[toNodes.rank[group] * groupSize + i] = group * groupSize + i;
        }
      }
    }
    return experts;
  }

  private static double[] loadsOf(int[] experts, double[] load) {
    return Arrays.stream(experts).mapToDouble(expert -> load[expert]).toArray();
  }

  private static int[] onNode(double[] load, int slots, int gpus) {
    var replicas = replicate(load, slots);
    var copies = new int[load.length];
    for (int expert : replicas) {
      copies[expert]++;
    }
    var replicaLoad =
        Arrays.stream(replicas).mapToDouble(expert -> load[expert] / copies[expert]).toArray();
    var packing = new BalancedPacking(replicaLoad, gpus);
    var result = new int[slots];
    for (int i = 0; i < slots; i++) {
      result[packing.pack[i] * (slots / gpus) + packing.rank[i]] = replicas[i];
    }
    return result;
  }

  /** One replica an expert, then one at a time to the largest load a replica (first on a tie). */
  private static int[] replicate(double[] load, int slots) {
    var replicas = new int[slots];
    var copies = new int[load.length];
    Arrays.fill(copies, 1);
    var replicaLoad = load.clone();
    for (int i = 0; i < slots; i++) {
      if (i < load.length) {
        replicas[i] = i;
        continue;
      }
      int chosen = 0;
      for (int expert = 1; expert < load.length; expert++) {
        if (replicaLoad[expert] > replicaLoad[chosen]) {
          chosen = expert;
        }
      }
      replicas[i] = chosen;
      replicaLoad[chosen] = load[chosen] / ++copies[chosen];
    }
    return replicas;
  }
}
