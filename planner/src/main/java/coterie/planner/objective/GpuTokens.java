package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.routing.ReplicaTable;
import java.util.Arrays;

/**
 * Token imbalance: the tokens of each GPU when an expert's tokens are split evenly over its
 * replicas, kept up to date while a search edits the placement.
 *
 * <p>Unit: tokens (pairs of a token and an expert). The busiest GPU has at least the mean and at
 * most all tokens; busiest over mean is what load balancers minimise, and what bounds a prefill
 * step. Not safe for use by two threads at once.
 */
public final class GpuTokens {

  private final double[] expertLoad;
  private final ReplicaTable replicas;

  /** {@code [experts]} tokens of each replica. */
  private final double[] share;

  /** {@code [gpus]} tokens now. */
  private final double[] tokens;

  /** {@code [gpus]} tokens after the change looked at last, where {@code stamp} says so. */
  private final double[] after;

  private final long[] stamp;
  private final int[] touched;
  private int touchedCount;
  private long changes;

  /**
   * Adds up a placement.
   *
   * @param expertLoad {@code [experts]} tokens of each expert, not negative; not copied
   */
  public GpuTokens(Placement placement, double[] expertLoad) {
    if (expertLoad.length != placement.experts()) {
      throw new IllegalArgumentException(
          "loads of %d experts for a placement of %d"
              .formatted(expertLoad.length, placement.experts()));
    }
    this.expertLoad = expertLoad;
    replicas = ReplicaTable.of(placement);
    share = new double[expertLoad.length];
    Arrays.setAll(share, expert -> expertLoad[expert] / replicas.copies(expert));
    int gpus = placement.cluster().gpus();
    tokens = new double[gpus];
    after = new double[gpus];
    stamp = new long[gpus];
    touched = new int[gpus];
    for (int slot = 0; slot < placement.cluster().slots(); slot++) {
      tokens[placement.cluster().gpuOf(slot)] += share[placement.expertAt(slot)];
    }
  }

  /** Tokens of {@code gpu}. */
  public double tokens(int gpu) {
    return tokens[gpu];
  }

  /** Tokens that each replica of {@code expert} gets. */
  public double share(int expert) {
    return share[expert];
  }

  /** Tokens of {@code expert} over all its replicas. */
  public double load(int expert) {
    return expertLoad[expert];
  }

  /** Where the replicas are now; for reading. */
  public ReplicaTable replicas() {
    return replicas;
  }

  /** The GPU with the most tokens, the first on a tie. */
  public int busiestGpu() {
    int busiest = 0;
    for (int gpu = 1; gpu < tokens.length; gpu++) {
      if (tokens[gpu] > tokens[busiest]) {
        busiest = gpu;
      }
    }
    return busiest;
  }

  /** Tokens of the busiest GPU. */
  public double busiest() {
    return tokens[busiestGpu()];
  }

  /** Tokens of the mean GPU; no change alters it but for rounding. */
  public double mean() {
    return Arrays.stream(expertLoad).sum() / tokens.length;
  }

  /**
   * The most tokens on a GPU whose tokens a change alters, after it. Below the busiest GPU's now,
   * the change brings no harm.
   */
  public double mostOfChanged(HostChange change) {
    price(change);
    double most = 0;
    for (int i = 0; i < touchedCount; i++) {
      most = Math.max(most, after[touched[i]]);
    }
    return most;
  }

  /** What a change would add to {@link #busiest}, in tokens. */
  public double delta(HostChange change) {
    price(change);
    double most = 0;
    for (int gpu = 0; gpu < tokens.length; gpu++) {
      most = Math.max(most, stamp[gpu] == changes ? after[gpu] : tokens[gpu]);
    }
    return most - busiest();
  }

  /** Makes a change. */
  public void apply(HostChange change) {
    price(change);
    for (int i = 0; i < touchedCount; i++) {
      tokens[touched[i]] = after[touched[i]];
    }
    edit(change.a(), change.fromA(), change.toA());
    edit(change.b(), change.fromB(), change.toB());
  }

  private void edit(int expert, int from, int to) {
    if (from >= 0 || to >= 0) {
      replicas.edit(expert, from, to);
      share[expert] = expertLoad[expert] / replicas.copies(expert);
    }
  }

  private void price(HostChange change) {
    changes++;
    touchedCount = 0;
    price(change.a(), change.fromA(), change.toA());
    price(change.b(), change.fromB(), change.toB());
  }

  private void price(int expert, int from, int to) {
    int copies = replicas.copies(expert);
    int copiesAfter = copies - (from >= 0 ? 1 : 0) + (to >= 0 ? 1 : 0);
    double shareBefore = share[expert];
    double shareAfter = expertLoad[expert] / copiesAfter;
    if (copies != copiesAfter) {
      for (int i = 0; i < copies; i++) {
        int gpu = replicas.gpu(expert, i);
        if (gpu != from) {
          add(gpu, shareAfter - shareBefore);
        }
      }
    }
    if (from >= 0) {
      add(from, -shareBefore);
    }
    if (to >= 0) {
      add(to, shareAfter);
    }
  }

  private void add(int gpu, double difference) {
    if (stamp[gpu] != changes) {
      stamp[gpu] = changes;
      after[gpu] = tokens[gpu];
      touched[touchedCount++] = gpu;
    }
    after[gpu] += difference;
  }

  @Override
  public String toString() {
    return Arrays.toString(tokens);
  }
}
