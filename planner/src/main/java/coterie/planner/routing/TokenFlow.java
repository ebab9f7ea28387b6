package coterie.planner.routing;

import java.util.Arrays;

/**
 * Splits the tokens of a step's experts over their replicas so that the busiest GPU gets as few
 * tokens as possible.
 *
 * <p>The token problem of LPLB (deepseek-ai/LPLB), whose optimum is the largest {@code tokens
 * confined to T / |T|} over sets T of GPUs (linear-programming duality); with whole tokens it is
 * that, rounded up, because flows are integral. Found without an LP: a flow from experts to GPUs
 * under a cap that starts at the average load. An expert whose tokens find no way to a GPU with
 * room shows a set T of full GPUs that are reachable from it; all their tokens are confined to T,
 * so the cap rises to what T needs (Newton's method on the cap; Dinkelbach 1967) and the flow goes
 * on from where it stands. Augmenting paths are shortest ones (Edmonds, Karp 1972).
 *
 * <p>O(copies of active experts) for each augmentation. No allocation. Not safe for use by two
 * threads at once.
 */
final class TokenFlow {

  private static final int NONE = -1;

  private final int gpus;
  private final int[] load;

  /** {@code [index * gpus + replica]} tokens of the expert at an index of the step, by replica. */
  private final int[] flow;

  private final int[] queue;
  private final boolean[] reached;

  /**
   * {@code [gpu]} index of the expert that reaches it, its replica there, and where it comes from.
   */
  private final int[] byExpert;

  private final int[] byReplica;
  private final int[] from;
  private final int[] fromReplica;

  TokenFlow(int gpus, int experts) {
    this.gpus = gpus;
    load = new int[gpus];
    flow = new int[experts * gpus];
    queue = new int[gpus];
    reached = new boolean[gpus];
    byExpert = new int[gpus];
    byReplica = new int[gpus];
    from = new int[gpus];
    fromReplica = new int[gpus];
  }

  /** The least possible maximum over GPUs of tokens; the split is kept. */
  int solve(StepCalls calls, ReplicaTable replicas) {
    Arrays.fill(load, 0);
    Arrays.fill(flow, 0, calls.size() * gpus, 0);
    int total = 0;
    for (int i = 0; i < calls.size(); i++) {
      total += calls.tokens(i);
    }
    int cap = (total + gpus - 1) / gpus;
    for (int i = 0; i < calls.size(); i++) {
      if (replicas.copies(calls.expert(i)) == 1) {
        add(i, 0, replicas.gpu(calls.expert(i), 0), calls.tokens(i));
        cap = Math.max(cap, load[replicas.gpu(calls.expert(i), 0)]);
      }
    }
    for (int i = 0; i < calls.size(); i++) {
      if (replicas.copies(calls.expert(i)) > 1) {
        cap = place(i, calls, replicas, cap);
      }
    }
    return cap;
  }

  private void add(int index, int replica, int gpu, int tokens) {
    flow[index * gpus + replica] += tokens;
    load[gpu] += tokens;
  }

  private int place(int index, StepCalls calls, ReplicaTable replicas, int fromCap) {
    int cap = fromCap;
    int left = calls.tokens(index);
    while (left > 0) {
      int end = search(index, calls, replicas, cap);
      if (end == NONE) {
        cap = risen(left);
      } else {
        left -= push(end, left, cap);
      }
    }
    return cap;
  }

  /** Breadth first from an expert over full GPUs to one with room, or {@link #NONE}. */
  private int search(int index, StepCalls calls, ReplicaTable replicas, int cap) {
    Arrays.fill(reached, false);
    int head = 0;
    int tail = reach(index, NONE, NONE, 0, calls, replicas);
    while (head < tail) {
      int gpu = queue[head++];
      if (load[gpu] < cap) {
        return gpu;
      }
      for (int i = 0; i < calls.size(); i++) {
        int replica = replicaOn(gpu, i, calls, replicas);
        if (replica != NONE && flow[i * gpus + replica] > 0) {
          tail = reach(i, gpu, replica, tail, calls, replicas);
        }
      }
    }
    return NONE;
  }

  private static int replicaOn(int gpu, int index, StepCalls calls, ReplicaTable replicas) {
    int expert = calls.expert(index);
    for (int i = 0; i < replicas.copies(expert); i++) {
      if (replicas.gpu(expert, i) == gpu) {
        return i;
      }
    }
    return NONE;
  }

  private int reach(
      int index, int gpu, int replica, int tail, StepCalls calls, ReplicaTable replicas) {
    int end = tail;
    int expert = calls.expert(index);
    for (int i = 0; i < replicas.copies(expert); i++) {
      int next = replicas.gpu(expert, i);
      if (!reached[next]) {
        reached[next] = true;
        byExpert[next] = index;
        byReplica[next] = i;
        from[next] = gpu;
        fromReplica[next] = replica;
        queue[end++] = next;
      }
    }
    return end;
  }

  /** The cap that the reached GPUs, all full, need for their tokens and {@code left} more. */
  private int risen(int left) {
    int tokens = left;
    int size = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      if (reached[gpu]) {
        tokens += load[gpu];
        size++;
      }
    }
    return (tokens + size - 1) / size;
  }

  /** Moves as many tokens as the path to {@code end} lets through, and returns their number. */
  private int push(int end, int left, int cap) {
    int tokens = Math.min(left, cap - load[end]);
    for (int gpu = end; from[gpu] != NONE; gpu = from[gpu]) {
      tokens = Math.min(tokens, flow[byExpert[gpu] * gpus + fromReplica[gpu]]);
    }
    load[end] += tokens;
    for (int gpu = end; gpu != NONE; gpu = from[gpu]) {
      int base = byExpert[gpu] * gpus;
      flow[base + byReplica[gpu]] += tokens;
      if (from[gpu] != NONE) {
        flow[base + fromReplica[gpu]] -= tokens;
      }
    }
    return tokens;
  }

  /** After {@link #solve}: tokens that replica {@code replica} of the expert at an index serves. */
  int tokens(int index, int replica) {
    return flow[index * gpus + replica];
  }
}
