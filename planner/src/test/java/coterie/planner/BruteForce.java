package coterie.planner;

import coterie.planner.model.StepUnions;
import coterie.planner.routing.ReplicaTable;

/** Answers found by trying everything; correct because they are too simple not to be. */
public final class BruteForce {

  private BruteForce() {}

  /** The least maximum load over all ways to pick a replica for each expert. */
  public static int leastMaximum(int[] experts, ReplicaTable replicas) {
    return leastMaximum(experts, 0, new int[replicas.gpuCount()], replicas);
  }

  private static int leastMaximum(int[] experts, int next, int[] load, ReplicaTable replicas) {
    if (next == experts.length) {
      int most = 0;
      for (int count : load) {
        most = Math.max(most, count);
      }
      return most;
    }
    int best = Integer.MAX_VALUE;
    for (int i = 0; i < replicas.copies(experts[next]); i++) {
      int gpu = replicas.gpu(experts[next], i);
      load[gpu]++;
      best = Math.min(best, leastMaximum(experts, next + 1, load, replicas));
      load[gpu]--;
    }
    return best;
  }

  /** The expected least maximum over steps. */
  public static double experts(StepUnions steps, ReplicaTable replicas) {
    double cost = 0;
    for (int step = 0; step < steps.size(); step++) {
      var active = new int[steps.distinct(step)];
      for (int i = 0; i < active.length; i++) {
        active[i] = steps.member(steps.from(step) + i);
      }
      cost += steps.weight(step) * leastMaximum(active, replicas);
    }
    return cost;
  }
}
