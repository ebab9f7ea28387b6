package coterie.planner.routing;

import java.util.Arrays;

/**
 * Exact routing of a step: each active expert picks one replica so that the busiest GPU runs as few
 * distinct experts as possible.
 *
 * <p>An optimal semi-matching between experts and GPUs (Harvey, Ladner, Lovasz, Tamir, "Semi-
 * matchings for bipartite graphs and load balancing", J. Algorithms 2006), found by augmenting
 * paths under a rising capacity: experts with one replica are placed first, the others go to their
 * least loaded GPU, and an expert that finds its GPUs full shifts others along a shortest path. O(n
 * * (n + G)) a step for n active experts on G GPUs, with no allocation.
 *
 * <p>Where the optimum is above {@code ceil(n / G)} the search leaves its proof behind: a set T of
 * GPUs such that more active experts than {@code (optimum - 1) * |T|} have all their replicas in T
 * (Hall's theorem). We depart from the paper in that only the maximum is minimised; the lower loads
 * are not balanced further.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class SemiMatching {

  private static final int NONE = -1;

  private final int[] load;
  private final int[] multiple;
  private final int[] multipleGpu;
  private final int[] queue;
  private final int[] reachedBy;
  private final int[] reachedFrom;
  private final boolean[] reached;
  private final boolean[] tight;
  private int tightSize;
  private int[] gpuOfMember = new int[64];
  private int[] active = new int[64];

  /** A solver for a cluster of {@code gpus} GPUs and layers of at most {@code experts} experts. */
  public SemiMatching(int gpus, int experts) {
    load = new int[gpus];
    multiple = new int[experts];
    multipleGpu = new int[experts];
    queue = new int[gpus];
    reachedBy = new int[gpus];
    reachedFrom = new int[gpus];
    reached = new boolean[gpus];
    tight = new boolean[gpus];
  }

  /** Gives the next step's experts room; write them to the returned array from index 0. */
  public int[] active(int size) {
    if (active.length < size) {
      active = new int[2 * size];
      gpuOfMember = new int[2 * size];
    }
    return active;
  }

  /**
   * The least possible maximum over GPUs of distinct experts, for the first {@code size} experts of
   * {@link #active}.
   */
  public int solve(int size, ReplicaTable replicas) {
    int gpus = load.length;
    int capacity = (size + gpus - 1) / gpus;
    return route(size, replicas, capacity, Integer.MAX_VALUE);
  }

  /** The same for the experts of a step. */
  int solve(StepCalls calls, ReplicaTable replicas) {
    var experts = active(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      experts[i] = calls.expert(i);
    }
    return solve(calls.size(), replicas);
  }

  /** True if no GPU need run more than {@code capacity} distinct experts. */
  public boolean fits(int size, ReplicaTable replicas, int capacity) {
    return route(size, replicas, capacity, capacity) <= capacity;
  }

  /**
   * Routes from capacity {@code from} upwards; gives up with {@code limit + 1} once more than
   * {@code limit} is needed.
   */
  private int route(int size, ReplicaTable replicas, int from, int limit) {
    Arrays.fill(load, 0);
    tightSize = 0;
    int capacity = from;
    int multiples = 0;
    for (int i = 0; i < size; i++) {
      int expert = active[i];
      if (replicas.copies(expert) > 1) {
        multiple[multiples++] = i;
      } else {
        int gpu = replicas.gpu(expert, 0);
        gpuOfMember[i] = gpu;
        if (++load[gpu] > capacity) {
          capacity = load[gpu];
          if (capacity > limit) {
            return capacity;
          }
          Arrays.fill(tight, false);
          tight[gpu] = true;
          tightSize = 1;
        }
      }
    }
    Arrays.fill(multipleGpu, 0, multiples, NONE);
    for (int m = 0; m < multiples; m++) {
      int expert = active[multiple[m]];
      int gpu = leastLoaded(expert, replicas);
      if (load[gpu] < capacity) {
        load[gpu]++;
        multipleGpu[m] = gpu;
      } else if (!augment(m, multiples, capacity, replicas)) {
        if (++capacity > limit) {
          return capacity;
        }
        System.arraycopy(reached, 0, tight, 0, reached.length);
        tightSize = 0;
        for (boolean inTight : tight) {
          tightSize += inTight ? 1 : 0;
        }
        load[gpu]++;
        multipleGpu[m] = gpu;
      }
    }
    for (int m = 0; m < multiples; m++) {
      gpuOfMember[multiple[m]] = multipleGpu[m];
    }
    return capacity;
  }

  private int leastLoaded(int expert, ReplicaTable replicas) {
    int best = replicas.gpu(expert, 0);
    for (int i = 1; i < replicas.copies(expert); i++) {
      int gpu = replicas.gpu(expert, i);
      if (load[gpu] < load[best]) {
        best = gpu;
      }
    }
    return best;
  }

  /**
   * Breadth-first search over full GPUs for one with room, shifting experts along the path found.
   * When it fails, {@link #reached} holds the GPUs that are full together.
   */
  private boolean augment(int newcomer, int multiples, int capacity, ReplicaTable replicas) {
    Arrays.fill(reached, false);
    int head = 0;
    int tail = reach(newcomer, NONE, 0, replicas);
    while (head < tail) {
      int gpu = queue[head++];
      if (load[gpu] < capacity) {
        shiftTo(gpu);
        return true;
      }
      for (int m = 0; m < multiples; m++) {
        if (multipleGpu[m] == gpu) {
          tail = reach(m, gpu, tail, replicas);
        }
      }
    }
    return false;
  }

  private int reach(int m, int from, int tail, ReplicaTable replicas) {
    int end = tail;
    int expert = active[multiple[m]];
    for (int i = 0; i < replicas.copies(expert); i++) {
      int gpu = replicas.gpu(expert, i);
      if (!reached[gpu]) {
        reached[gpu] = true;
        reachedBy[gpu] = m;
        reachedFrom[gpu] = from;
        queue[end++] = gpu;
      }
    }
    return end;
  }

  private void shiftTo(int end) {
    load[end]++;
    for (int gpu = end; gpu != NONE; gpu = reachedFrom[gpu]) {
      multipleGpu[reachedBy[gpu]] = gpu;
    }
  }

  /** After {@link #solve}: the GPU that runs the expert at {@code index} of {@link #active}. */
  public int gpuOf(int index) {
    return gpuOfMember[index];
  }

  /** After {@link #solve}: distinct experts that {@code gpu} runs. */
  public int load(int gpu) {
    return load[gpu];
  }

  /**
   * After {@link #solve}: size of the set of GPUs that proves the optimum, 0 if the optimum equals
   * {@code ceil(n / G)} and needs no proof.
   */
  public int tightSize() {
    return tightSize;
  }

  /** After {@link #solve} with a proof: true if {@code gpu} is in the proving set. */
  public boolean tight(int gpu) {
    return tight[gpu];
  }
}
