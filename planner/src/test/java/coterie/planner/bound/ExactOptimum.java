package coterie.planner.bound;

import coterie.planner.model.Cluster;
import coterie.planner.model.StepUnions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The best placement of a tiny problem, found by trying all of them.
 *
 * <p>GPUs are alike, so every multiset of G sets of m experts that covers all experts is tried
 * once; each step is routed by trying every choice of replicas.
 */
final class ExactOptimum {

  private final StepUnions steps;
  private final Cluster cluster;
  private final List<Integer> sets = new ArrayList<>();
  private final int[] held;
  private final int[] load;
  private double best = Double.POSITIVE_INFINITY;

  private ExactOptimum(StepUnions steps, Cluster cluster) {
    this.steps = steps;
    this.cluster = cluster;
    held = new int[cluster.gpus()];
    load = new int[cluster.gpus()];
    for (int set = 0; set < 1 << steps.experts(); set++) {
      sets.add(set);
    }
  }

  /** The least expected maximum of distinct experts, in experts. */
  static double experts(StepUnions steps, Cluster cluster) {
    var search = new ExactOptimum(steps, cluster);
    search.place(0, 0, 0);
    return search.best;
  }

  private void place(int gpu, int from, int covered) {
    int all = (1 << steps.experts()) - 1;
    int missing = Integer.bitCount(all & ~covered);
    if (missing > (cluster.gpus() - gpu) * cluster.mostSlots()) {
      return;
    }
    if (gpu == cluster.gpus()) {
      best = Math.min(best, cost());
      return;
    }
    int slots = cluster.slotsOf(gpu);
    boolean likeTheLast = gpu > 0 && slots == cluster.slotsOf(gpu - 1);
    for (int i = likeTheLast ? from : 0; i < sets.size(); i++) {
      if (Integer.bitCount(sets.get(i)) == slots) {
        held[gpu] = sets.get(i);
        place(gpu + 1, i, covered | sets.get(i));
      }
    }
  }

  private double cost() {
    double cost = 0;
    for (int step = 0; step < steps.size() && cost < best; step++) {
      Arrays.fill(load, 0);
      cost +=
          steps.weight(step) * leastMaximum(steps.from(step), steps.to(step), Integer.MAX_VALUE);
    }
    return cost;
  }

  private int leastMaximum(int from, int to, int limit) {
    if (from == to) {
      int most = 0;
      for (int experts : load) {
        most = Math.max(most, experts);
      }
      return most;
    }
    int least = limit;
    for (int gpu = 0; gpu < load.length; gpu++) {
      if ((held[gpu] >> steps.member(from) & 1) != 0 && load[gpu] + 1 < least) {
        load[gpu]++;
        least = Math.min(least, leastMaximum(from + 1, to, least));
        load[gpu]--;
      }
    }
    return least;
  }
}
