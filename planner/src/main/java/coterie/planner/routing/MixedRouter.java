package coterie.planner.routing;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * Routes for the time of the busiest GPU where both reading experts and computing tokens bound it:
 * {@code max over GPUs of max(copies * r, tokens)}, r the tokens that take as long to compute as
 * one expert takes to read.
 *
 * <p>Splittable jobs with setup times on restricted machines, which is NP-hard (Correa et al.,
 * "Strong LP formulations for scheduling splittable jobs on unrelated machines", Math. Program.
 * 2015). Both terms alone are polynomial, and their optima bound the time from below: {@code max(r
 * * C, M)} with C of {@link SemiMatching} and M of {@link TokenFlow}. We start from the better of
 * their two routings and shift tokens away from the busiest GPU, all or half of the difference, one
 * replica at a time, while that lowers the larger time of the two GPUs; so the answer is never
 * worse than either start. At most {@link #SHIFTS} shifts a GPU.
 */
final class MixedRouter implements Router {

  private static final int SHIFTS = 8;

  private final ReplicaTable replicas;
  private final double tokensPerCopy;
  private final SemiMatching matching;
  private final TokenFlow tokenFlow;
  private final StepCalls calls;
  private final int gpus;
  private final int[] copies;
  private final int[] tokens;

  /** {@code [index * gpus + replica]} tokens that a replica serves. */
  private final int[] split;

  /** {@code [expert * gpus + replica]} the same by expert, used up by an assignment. */
  private final int[] left;

  MixedRouter(Placement placement, double tokensPerCopy) {
    replicas = ReplicaTable.of(placement);
    this.tokensPerCopy = tokensPerCopy;
    gpus = replicas.gpuCount();
    matching = new SemiMatching(gpus, replicas.experts());
    tokenFlow = new TokenFlow(gpus, replicas.experts());
    calls = new StepCalls(replicas.experts());
    copies = new int[gpus];
    tokens = new int[gpus];
    split = new int[replicas.experts() * gpus];
    left = new int[replicas.experts() * gpus];
  }

  @Override
  public void route(TokenBatches batches, int step, GpuLoad load) {
    solve(batches, step);
    load.clear();
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      for (int replica = 0; replica < replicas.copies(expert); replica++) {
        if (split[i * gpus + replica] > 0) {
          load.addCopy(replicas.gpu(expert, replica));
          load.addPairs(replicas.gpu(expert, replica), split[i * gpus + replica]);
        }
      }
    }
  }

  @Override
  public void assign(TokenBatches batches, int step, CallGpus callGpus) {
    solve(batches, step);
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      System.arraycopy(split, i * gpus, left, expert * gpus, replicas.copies(expert));
    }
    callGpus.fill(batches, step, replicas, left);
  }

  private void solve(TokenBatches batches, int step) {
    calls.count(batches, step);
    matching.solve(calls, replicas);
    tokenFlow.solve(calls, replicas);
    start(false);
    double whole = time(busiest());
    start(true);
    if (time(busiest()) >= whole) {
      start(false);
    }
    int shifts = SHIFTS * gpus;
    while (shifts > 0 && shiftFrom(busiest())) {
      shifts--;
    }
  }

  private void start(boolean fromFlow) {
    Arrays.fill(copies, 0);
    Arrays.fill(tokens, 0);
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      for (int replica = 0; replica < replicas.copies(expert); replica++) {
        int gpu = replicas.gpu(expert, replica);
        int whole = matching.gpuOf(i) == gpu ? calls.tokens(i) : 0;
        int part = fromFlow ? tokenFlow.tokens(i, replica) : whole;
        split[i * gpus + replica] = part;
        copies[gpu] += part > 0 ? 1 : 0;
        tokens[gpu] += part;
      }
    }
  }

  private double time(int gpu) {
    return Math.max(copies[gpu] * tokensPerCopy, tokens[gpu]);
  }

  private int busiest() {
    int most = 0;
    for (int gpu = 1; gpu < gpus; gpu++) {
      most = time(gpu) > time(most) ? gpu : most;
    }
    return most;
  }

  /** Makes the best shift off a GPU; false if none lowers the larger time of the two. */
  private boolean shiftFrom(int gpu) {
    double best = time(gpu);
    int index = -1;
    int from = -1;
    int to = -1;
    int amount = 0;
    for (int i = 0; i < calls.size(); i++) {
      int expert = calls.expert(i);
      int source = replicaOn(gpu, expert);
      if (source < 0 || split[i * gpus + source] == 0) {
        continue;
      }
      int all = split[i * gpus + source];
      for (int target = 0; target < replicas.copies(expert); target++) {
        int other = replicas.gpu(expert, target);
        int half = Math.min(all, (tokens[gpu] - tokens[other]) / 2);
        for (int part = all; part > 0; part = part == all && half < all ? half : 0) {
          double after = target == source ? best : after(i, gpu, target, part, all);
          if (after < best) {
            best = after;
            index = i;
            from = source;
            to = target;
            amount = part;
          }
        }
      }
    }
    if (index >= 0) {
      shift(index, from, to, amount);
    }
    return index >= 0;
  }

  private int replicaOn(int gpu, int expert) {
    for (int i = 0; i < replicas.copies(expert); i++) {
      if (replicas.gpu(expert, i) == gpu) {
        return i;
      }
    }
    return -1;
  }

  /** The larger time of the two GPUs after a shift. */
  private double after(int index, int gpu, int target, int part, int all) {
    int other = replicas.gpu(calls.expert(index), target);
    int left = copies[gpu] - (part == all ? 1 : 0);
    int there = copies[other] + (split[index * gpus + target] == 0 ? 1 : 0);
    double here = Math.max(left * tokensPerCopy, tokens[gpu] - part);
    return Math.max(here, Math.max(there * tokensPerCopy, tokens[other] + part));
  }

  private void shift(int index, int from, int to, int amount) {
    int expert = calls.expert(index);
    int base = index * gpus;
    copies[replicas.gpu(expert, to)] += split[base + to] == 0 ? 1 : 0;
    split[base + from] -= amount;
    split[base + to] += amount;
    copies[replicas.gpu(expert, from)] -= split[base + from] == 0 ? 1 : 0;
    tokens[replicas.gpu(expert, from)] -= amount;
    tokens[replicas.gpu(expert, to)] += amount;
  }
}
