package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.routing.ReplicaTable;

/**
 * Tokens of the busiest GPU over the mean, when each expert's tokens are split evenly over its
 * replicas: what DeepSeek's EPLB minimises, and what bounds a prefill step.
 *
 * <p>Natural unit: 1.0 is the mean load. Range: 1 to the number of GPUs. The share of a replica is
 * rounded to an integer once, so loads add up the same in any order. O(GPUs) a change.
 */
public final class ImbalanceCost implements SearchCost {

  private final ReplicaTable replicas;

  /** {@code [expert]} its part of all tokens, in units. */
  private final double[] tokens;

  private final long[] load;
  private final long[] loadAfter;

  /**
   * Adds up loads.
   *
   * @param expertLoad {@code [experts]} tokens of each expert, not all 0
   */
  public ImbalanceCost(Placement start, double[] expertLoad) {
    replicas = ReplicaTable.of(start);
    int gpus = start.cluster().gpus();
    double all = 0;
    for (double expert : expertLoad) {
      all += expert;
    }
    tokens = new double[expertLoad.length];
    for (int expert = 0; expert < tokens.length; expert++) {
      tokens[expert] = expertLoad[expert] / all * UNITS;
    }
    load = new long[gpus];
    loadAfter = new long[gpus];
    for (int slot = 0; slot < start.cluster().slots(); slot++) {
      int expert = start.expertAt(slot);
      load[start.cluster().gpuOf(slot)] += share(expert, replicas.copies(expert));
    }
  }

  private long share(int expert, int copies) {
    return Math.round(tokens[expert] / copies);
  }

  @Override
  public long total() {
    return busiest(load);
  }

  private static long busiest(long[] load) {
    long most = 0;
    for (long gpu : load) {
      most = Math.max(most, gpu);
    }
    return most * load.length;
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    weigh(change);
    long difference = busiest(loadAfter) - total();
    return difference > limitUnits ? OVER_LIMIT : difference;
  }

  private void weigh(HostChange change) {
    System.arraycopy(load, 0, loadAfter, 0, load.length);
    shift(change.a(), change.fromA(), change.toA());
    shift(change.b(), change.fromB(), change.toB());
  }

  private void shift(int expert, int from, int to) {
    int before = replicas.copies(expert);
    int after = before - (from == HostChange.NONE ? 0 : 1) + (to == HostChange.NONE ? 0 : 1);
    long shareBefore = share(expert, before);
    long shareAfter = after == 0 ? 0 : share(expert, after);
    for (int i = 0; i < before; i++) {
      int gpu = replicas.gpu(expert, i);
      loadAfter[gpu] += (gpu == from ? 0 : shareAfter) - shareBefore;
    }
    if (to != HostChange.NONE) {
      loadAfter[to] += shareAfter;
    }
  }

  @Override
  public void apply(HostChange change) {
    weigh(change);
    System.arraycopy(loadAfter, 0, load, 0, load.length);
    replicas.edit(change.a(), change.fromA(), change.toA());
    replicas.edit(change.b(), change.fromB(), change.toB());
  }
}
