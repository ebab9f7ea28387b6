package coterie.planner.objective;

import coterie.planner.model.Placement;
import java.util.Arrays;

/**
 * A routing of every step at its optimum, and the sets of GPUs that follow from it: see {@link
 * ReachUnionCost}. Sets of GPUs are bits of a long.
 *
 * <p>The residual graph of a routing has an edge from the GPU that runs an expert to every other
 * GPU that holds it.
 */
final class StepRoutes {

  private final StepMix mix;
  private final int gpus;
  private final long all;

  /** {@code [expert]} the GPUs that hold it. */
  private final long[] hosts;

  /** {@code [entry]} the GPU that runs it. */
  private final byte[] gpuOfEntry;

  /** {@code [step]} true if hosts changed since its routing was last repaired. */
  private final boolean[] stale;

  /** {@code [step]} GPUs that reach no GPU with room at the optimum: the largest tight set. */
  private final long[] blocked;

  /** {@code [step]} smallest and largest set of surplus 1 below the optimum, or 0 and all. */
  private final long[] smallest;

  private final long[] largest;

  private final Reachers reachers;

  // The step at hand: load of each GPU, entries with several hosts, and paths found.
  private final int[] load;
  private final int[] choice = new int[Short.MAX_VALUE];
  private int choices;
  private final int[] foundBy;
  private final int[] foundFrom;
  private final int[] queue;

  StepRoutes(StepMix mix, Placement start) {
    this.mix = mix;
    gpus = start.cluster().gpus();
    all = -1L >>> (64 - gpus);
    hosts = new long[mix.experts()];
    for (int slot = 0; slot < start.cluster().slots(); slot++) {
      hosts[start.expertAt(slot)] |= 1L << start.cluster().gpuOf(slot);
    }
    gpuOfEntry = new byte[mix.entries()];
    for (int entry = 0; entry < gpuOfEntry.length; entry++) {
      gpuOfEntry[entry] = (byte) Long.numberOfTrailingZeros(hosts[mix.expert(entry)]);
    }
    stale = new boolean[mix.size()];
    blocked = new long[mix.size()];
    smallest = new long[mix.size()];
    largest = new long[mix.size()];
    load = new int[gpus];
    foundBy = new int[gpus];
    foundFrom = new int[gpus];
    queue = new int[gpus];
    reachers =
        gpus <= PackedReachers.MAX_GPUS ? new PackedReachers(mix.size()) : new WalkedReachers(this);
  }

  long hosts(int expert) {
    return hosts[expert];
  }

  StepMix mix() {
    return mix;
  }

  int gpuOf(int entry) {
    return gpuOfEntry[entry];
  }

  /** Takes a replica from one GPU to another; {@link HostChange#NONE} for nowhere. */
  void move(int expert, int from, int to) {
    if (from != HostChange.NONE) {
      hosts[expert] &= ~(1L << from);
    }
    if (to != HostChange.NONE) {
      hosts[expert] |= 1L << to;
    }
  }

  void spoil(int step) {
    stale[step] = true;
  }

  boolean stale(int step) {
    return stale[step];
  }

  /** True if a step is dearer once one active expert has other hosts. */
  boolean dearer(int step, int entry, long after) {
    int gpu = gpuOfEntry[entry];
    return (after >>> gpu & 1) == 0
        && (after & ~blocked[step]) == 0
        && !reachers.any(step, after, gpu);
  }

  /**
   * True if a step is dearer once two active experts have other hosts, where the only GPU that one
   * leaves is the one that the other comes to.
   */
  boolean dearer(int step, int entryA, long afterA, int entryB, long afterB) {
    int gpuA = gpuOfEntry[entryA];
    int gpuB = gpuOfEntry[entryB];
    boolean stays = (afterA >>> gpuA & 1) != 0;
    boolean otherStays = (afterB >>> gpuB & 1) != 0;
    if (stays == otherStays) {
      // Either nothing happens or they change places.
      return false;
    }
    long after = stays ? afterB : afterA;
    return (after & ~blocked[step]) == 0
        && !reachers.any(step, after, gpuA)
        && !reachers.any(step, after, gpuB);
  }

  /** True if a hopeful step were cheaper without an active expert that has these hosts. */
  boolean frees(int step, long before) {
    return (before & ~smallest[step]) == 0;
  }

  /** True if it were not, had the expert these hosts instead. */
  boolean keeps(int step, long after) {
    return (after & ~largest[step]) == 0;
  }

  /** False if the sets that make a hopeful step dear stay so when two active experts move. */
  boolean mayFall(int step, int a, long afterA, int b, long afterB) {
    long small = smallest[step];
    if (small == 0) {
      return false;
    }
    return loses(small, a, afterA, b, afterB) && loses(largest[step], a, afterA, b, afterB);
  }

  private boolean loses(long set, int a, long afterA, int b, long afterB) {
    int before = within(hosts[a], set) + within(hosts[b], set);
    return within(afterA, set) + within(afterB, set) < before;
  }

  private static int within(long subset, long set) {
    return (subset & ~set) == 0 ? 1 : 0;
  }

  /** Routes a step for the first time; its optimum, at least {@code floor}. */
  int route(int step, int floor) {
    count(step);
    int capacity = floor;
    while (!flatten(capacity)) {
      capacity++;
    }
    conclude(step, capacity, capacity > floor);
    return capacity;
  }

  /** Routes a step anew at its optimum, from what is left of its routing. */
  void repair(int step, int optimum, boolean hopeful) {
    count(step);
    if (!flatten(optimum)) {
      throw new IllegalStateException("step " + step + " does not fit its optimum " + optimum);
    }
    conclude(step, optimum, hopeful);
  }

  /** Counts loads and lists entries with a choice, those that lost their GPU sent to another. */
  private void count(int step) {
    Arrays.fill(load, 0);
    choices = 0;
    for (int entry = mix.firstEntry(step); entry < mix.firstEntry(step + 1); entry++) {
      long held = hosts[mix.expert(entry)];
      int gpu = gpuOfEntry[entry];
      if ((held >>> gpu & 1) == 0) {
        gpu = Long.numberOfTrailingZeros(held);
        gpuOfEntry[entry] = (byte) gpu;
      }
      load[gpu]++;
      if ((held & (held - 1)) != 0) {
        choice[choices++] = entry;
      }
    }
  }

  /** Moves experts until no GPU has more than {@code capacity}; false if that cannot be. */
  private boolean flatten(int capacity) {
    for (int gpu = 0; gpu < gpus; gpu++) {
      while (load[gpu] > capacity) {
        if (!relieve(gpu, capacity)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Shifts experts along a shortest path from {@code full} to a GPU below {@code capacity}. */
  private boolean relieve(int full, int capacity) {
    long found = 1L << full;
    int head = 0;
    int tail = 0;
    queue[tail++] = full;
    while (head < tail) {
      int gpu = queue[head++];
      for (int i = 0; i < choices; i++) {
        int entry = choice[i];
        if (gpuOfEntry[entry] != gpu) {
          continue;
        }
        long fresh = hosts[mix.expert(entry)] & ~found;
        found |= fresh;
        for (; fresh != 0; fresh &= fresh - 1) {
          int next = Long.numberOfTrailingZeros(fresh);
          foundBy[next] = entry;
          foundFrom[next] = gpu;
          if (load[next] < capacity) {
            shift(full, next);
            return true;
          }
          queue[tail++] = next;
        }
      }
    }
    return false;
  }

  private void shift(int from, int to) {
    load[from]--;
    load[to]++;
    for (int gpu = to; gpu != from; gpu = foundFrom[gpu]) {
      gpuOfEntry[foundBy[gpu]] = (byte) gpu;
    }
  }

  private void conclude(int step, int optimum, boolean hopeful) {
    stale[step] = false;
    smallest[step] = 0;
    largest[step] = all;
    if (hopeful) {
      int surplus = 0;
      int last = 0;
      for (int gpu = 0; gpu < gpus && surplus < 2; gpu++) {
        if (load[gpu] == optimum && !relieve(gpu, optimum - 1)) {
          surplus++;
          last = gpu;
        }
      }
      if (surplus == 1) {
        smallest[step] = reachedFrom(1L << last);
        largest[step] = all & ~reaching(below(optimum - 1));
      }
    }
    blocked[step] = all & ~reaching(below(optimum));
    reachers.update(step, this);
  }

  private long below(int capacity) {
    long room = 0;
    for (int gpu = 0; gpu < gpus; gpu++) {
      room |= load[gpu] < capacity ? 1L << gpu : 0;
    }
    return room;
  }

  /** The GPUs from which some of {@code targets} is reached in the step at hand. */
  private long reaching(long targets) {
    long found = targets;
    long before;
    do {
      before = found;
      for (int i = 0; i < choices; i++) {
        int entry = choice[i];
        if ((hosts[mix.expert(entry)] & found) != 0) {
          found |= 1L << gpuOfEntry[entry];
        }
      }
    } while (found != before);
    return found;
  }

  /** The GPUs that are reached from some of {@code sources} in the step at hand. */
  private long reachedFrom(long sources) {
    long found = sources;
    long before;
    do {
      before = found;
      for (int i = 0; i < choices; i++) {
        int entry = choice[i];
        if ((found >>> gpuOfEntry[entry] & 1) != 0) {
          found |= hosts[mix.expert(entry)];
        }
      }
    } while (found != before);
    return found;
  }

  /** Entries with a choice in the step at hand. */
  int choices() {
    return choices;
  }

  int choice(int index) {
    return choice[index];
  }
}
