package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.routing.SemiMatching;

/**
 * {@link UnionCost} for any number of GPUs, with a routing kept for every step.
 *
 * <p>While the routing of a step survives a change, or can be patched by sending a displaced expert
 * to a GPU with room, the step has not become dearer. While the set of GPUs that proves its optimum
 * stays overfull, it has not become cheaper. Only steps for which neither answers are routed anew.
 */
final class WitnessUnionCost implements UnionCost {

  private static final int NOT_CALLED = -1;
  private static final int FULL = -1;

  private final StepMix mix;
  private final CallLists calls;
  private final ReplicaTable replicas;
  private final SemiMatching matching;
  private final int gpus;

  /** {@code [step]} the optimum, {@code ceil(n / G)}, and how overfull the proving set is. */
  private final short[] optimum;

  private final short[] floor;
  private final short[] surplus;

  /** {@code [step * gpus + gpu]} experts that the kept routing runs on the GPU. */
  private final short[] load;

  /** {@code [entry]} the GPU that runs it under the kept routing. */
  private final short[] gpuOfEntry;

  /** {@code [step]} the proving set; {@code [expert]} the GPUs of its replicas. */
  private final GpuSets proof;

  private final GpuSets hosts;

  /** Where experts a and b (0 and 1) were before the change being weighed. */
  private final GpuSets hostsBefore;

  private long total;

  WitnessUnionCost(StepMix mix, Placement start) {
    this.mix = mix;
    calls = new CallLists(mix);
    replicas = ReplicaTable.of(start);
    gpus = start.cluster().gpus();
    matching = new SemiMatching(gpus, mix.experts());
    optimum = new short[mix.size()];
    floor = new short[mix.size()];
    surplus = new short[mix.size()];
    load = new short[mix.size() * gpus];
    gpuOfEntry = new short[mix.entries()];
    proof = new GpuSets(mix.size(), gpus);
    hosts = new GpuSets(mix.experts(), gpus);
    hostsBefore = new GpuSets(2, gpus);
    for (int slot = 0; slot < start.cluster().slots(); slot++) {
      hosts.add(start.expertAt(slot), start.cluster().gpuOf(slot));
    }
    for (int step = 0; step < mix.size(); step++) {
      floor[step] = (short) ((mix.distinct(step) + gpus - 1) / gpus);
      optimum[step] = floor[step];
      total += floor[step] * mix.weight(step);
      routeAnew(step);
    }
  }

  @Override
  public long total() {
    return total;
  }

  private boolean hopeful(int step) {
    return optimum[step] > floor[step];
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    make(change);
    int a = change.a();
    int b = change.b();
    long sum = 0;
    for (int i = calls.begin(a); i < calls.settled(a); i++) {
      int step = calls.stepAt(i);
      sum += difference(change, step, calls.entryAt(i), mix.entry(step, b)) * mix.weight(step);
    }
    for (int i = calls.begin(b); i < calls.settled(b); i++) {
      int step = calls.stepAt(i);
      if (!mix.calls(step, a)) {
        sum += difference(change, step, NOT_CALLED, calls.entryAt(i)) * mix.weight(step);
      }
    }
    for (int i = calls.settled(a); i < calls.end(a) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      sum += dearer(change, step, calls.entryAt(i), mix.entry(step, b)) ? mix.weight(step) : 0;
    }
    for (int i = calls.settled(b); i < calls.end(b) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      if (!mix.calls(step, a) && dearer(change, step, NOT_CALLED, calls.entryAt(i))) {
        sum += mix.weight(step);
      }
    }
    edit(change.inverse());
    return sum > limitUnits ? OVER_LIMIT : sum;
  }

  /** By how much the optimum of a hopeful step changes: -1, 0 or 1. The change is made already. */
  private int difference(HostChange change, int step, int entryA, int entryB) {
    if (surplusAfter(change, step, entryA, entryB) < 1 && fits(step, optimum[step] - 1)) {
      return -1;
    }
    return dearer(change, step, entryA, entryB) ? 1 : 0;
  }

  private boolean dearer(HostChange change, int step, int entryA, int entryB) {
    return !patch(change, step, entryA, entryB, false) && !fits(step, optimum[step]);
  }

  @Override
  public void apply(HostChange change) {
    make(change);
    for (int step : calls.stepsOf(change.a(), change.b())) {
      update(change, step, mix.entry(step, change.a()), mix.entry(step, change.b()));
    }
  }

  private void update(HostChange change, int step, int entryA, int entryB) {
    if (hopeful(step)) {
      int left = surplusAfter(change, step, entryA, entryB);
      if (left < 1) {
        routeAnew(step);
        return;
      }
      surplus[step] = (short) left;
    }
    if (!patch(change, step, entryA, entryB, true)) {
      routeAnew(step);
    }
  }

  private void make(HostChange change) {
    hostsBefore.copy(0, hosts, change.a());
    hostsBefore.copy(1, hosts, change.b());
    edit(change);
  }

  private void edit(HostChange change) {
    edit(change.a(), change.fromA(), change.toA());
    edit(change.b(), change.fromB(), change.toB());
  }

  private void edit(int expert, int from, int to) {
    replicas.edit(expert, from, to);
    if (from != HostChange.NONE) {
      hosts.remove(expert, from);
    }
    if (to != HostChange.NONE) {
      hosts.add(expert, to);
    }
  }

  /** How overfull the proving set is after the change; below 1 it proves nothing any more. */
  private int surplusAfter(HostChange change, int step, int entryA, int entryB) {
    int after = surplus[step];
    after += entryA == NOT_CALLED ? 0 : confinedSince(step, change.a(), 0);
    after += entryB == NOT_CALLED ? 0 : confinedSince(step, change.b(), 1);
    return after;
  }

  private int confinedSince(int step, int expert, int before) {
    int now = hosts.within(expert, proof, step) ? 1 : 0;
    int then = hostsBefore.within(before, proof, step) ? 1 : 0;
    return now - then;
  }

  /**
   * True if the kept routing survives the change, with experts whose replica went away sent to
   * another GPU with room. With {@code keep} the patched routing is kept.
   */
  private boolean patch(HostChange change, int step, int entryA, int entryB, boolean keep) {
    int base = step * gpus;
    boolean movesA = displaced(entryA, change.fromA());
    boolean movesB = displaced(entryB, change.fromB());
    add(base, change.fromA(), movesA ? -1 : 0);
    add(base, change.fromB(), movesB ? -1 : 0);
    int gpuA = movesA ? roomFor(change.a(), base, optimum[step]) : HostChange.NONE;
    boolean placedA = !movesA || gpuA != FULL;
    add(base, gpuA, 1);
    int gpuB = movesB && placedA ? roomFor(change.b(), base, optimum[step]) : HostChange.NONE;
    boolean placed = placedA && (!movesB || gpuB != FULL);
    if (placed && keep) {
      add(base, gpuB, 1);
      if (movesA) {
        gpuOfEntry[entryA] = (short) gpuA;
      }
      if (movesB) {
        gpuOfEntry[entryB] = (short) gpuB;
      }
    } else {
      add(base, gpuA, -1);
      add(base, change.fromA(), movesA ? 1 : 0);
      add(base, change.fromB(), movesB ? 1 : 0);
    }
    return placed;
  }

  private void add(int base, int gpu, int experts) {
    if (gpu >= 0) {
      load[base + gpu] += (short) experts;
    }
  }

  private boolean displaced(int entry, int from) {
    return entry != NOT_CALLED && from != HostChange.NONE && gpuOfEntry[entry] == from;
  }

  /** The expert's first GPU with room, or {@link #FULL}. */
  private int roomFor(int expert, int base, int capacity) {
    for (int i = 0; i < replicas.copies(expert); i++) {
      int gpu = replicas.gpu(expert, i);
      if (load[base + gpu] < capacity) {
        return gpu;
      }
    }
    return FULL;
  }

  private boolean fits(int step, int capacity) {
    return matching.fits(activate(step), replicas, capacity);
  }

  private int activate(int step) {
    int from = mix.firstEntry(step);
    int size = mix.distinct(step);
    var active = matching.active(size);
    for (int i = 0; i < size; i++) {
      active[i] = mix.expert(from + i);
    }
    return size;
  }

  private void routeAnew(int step) {
    int size = activate(step);
    boolean hopedBefore = hopeful(step);
    int solved = matching.solve(size, replicas);
    total += (solved - optimum[step]) * mix.weight(step);
    optimum[step] = (short) solved;
    for (int i = 0; i < size; i++) {
      gpuOfEntry[mix.firstEntry(step) + i] = (short) matching.gpuOf(i);
    }
    proof.clear(step);
    for (int gpu = 0; gpu < gpus; gpu++) {
      load[step * gpus + gpu] = (short) matching.load(gpu);
      if (matching.tightSize() > 0 && matching.tight(gpu)) {
        proof.add(step, gpu);
      }
    }
    if (hopeful(step)) {
      surplus[step] = (short) (confined(step) - (solved - 1) * matching.tightSize());
    }
    if (hopeful(step) != hopedBefore) {
      calls.setHope(step, !hopedBefore);
    }
  }

  /** Active experts that have all their replicas in the proving set. */
  private int confined(int step) {
    int confined = 0;
    for (int entry = mix.firstEntry(step); entry < mix.firstEntry(step + 1); entry++) {
      confined += hosts.within(mix.expert(entry), proof, step) ? 1 : 0;
    }
    return confined;
  }
}
