package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.routing.SemiMatching;
import java.util.Arrays;

/**
 * {@link UnionCost} for at most 64 GPUs, from what a kept routing of every step says about all of
 * its neighbours.
 *
 * <p>Let f(T) be the active experts that have all replicas in the set T of GPUs. A step fits
 * capacity c exactly if no f(T) exceeds c|T| (Hall), and f is supermodular, so the sets with f(T) =
 * c|T| (tight) are closed under union, and so are those of the largest surplus. Hence a few sets of
 * GPUs, read off the residual graph of the routing, answer for every change of one active expert,
 * with hosts H before and H' after:
 *
 * <ul>
 *   <li>the step gets dearer exactly if H' lies in the largest tight set without the expert: the
 *       GPUs that reach neither a GPU with room nor the expert's own;
 *   <li>it gets cheaper exactly if its surplus at capacity c - 1 is 1, H lies in the smallest set
 *       of that surplus, and H' not in the largest.
 * </ul>
 *
 * <p>A change of two active experts is answered alike where it can make the step dearer, because
 * the place that one of them leaves is open to the other; that it gets cheaper is looked up by
 * routing anew, and only if both sets allow it. So pricing a change takes a few operations for each
 * step that calls either expert. Routings are repaired when they are next asked for.
 */
final class ReachUnionCost implements UnionCost {

  static final int MAX_GPUS = 64;

  private final StepMix mix;
  private final CallLists calls;
  private final ReplicaTable replicas;
  private final SemiMatching matching;
  private final StepRoutes routes;

  /** {@code [step]} the optimum, and {@code ceil(n / G)}. */
  private final short[] optimum;

  private final short[] floor;

  private HostChange weighed = HostChange.swap(0, 0, 0, 0);
  private boolean weighedInFull;
  private long weighedUnits;
  private int[] changedSteps = new int[1024];
  private int changed;

  private long total;

  ReachUnionCost(StepMix mix, Placement start) {
    this.mix = mix;
    calls = new CallLists(mix);
    replicas = ReplicaTable.of(start);
    int gpus = start.cluster().gpus();
    matching = new SemiMatching(gpus, mix.experts());
    routes = new StepRoutes(mix, start);
    optimum = new short[mix.size()];
    floor = new short[mix.size()];
    for (int step = 0; step < mix.size(); step++) {
      floor[step] = (short) ((mix.distinct(step) + gpus - 1) / gpus);
      optimum[step] = (short) routes.route(step, floor[step]);
      total += optimum[step] * mix.weight(step);
      if (hopeful(step)) {
        calls.setHope(step, true);
      }
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
    int a = change.a();
    int b = change.b();
    long beforeA = routes.hosts(a);
    long beforeB = routes.hosts(b);
    long afterA = after(beforeA, change.fromA(), change.toA());
    long afterB = after(beforeB, change.fromB(), change.toB());
    changed = 0;
    long sum = 0;
    for (int i = calls.begin(a); i < calls.settled(a); i++) {
      int step = calls.stepAt(i);
      refresh(step);
      int entryB = mix.entry(step, b);
      int difference =
          entryB < 0
              ? difference(step, calls.entryAt(i), beforeA, afterA)
              : difference(change, step, calls.entryAt(i), afterA, entryB, afterB);
      sum += note(step, difference);
    }
    for (int i = calls.begin(b); i < calls.settled(b); i++) {
      int step = calls.stepAt(i);
      if (!mix.calls(step, a)) {
        refresh(step);
        sum += note(step, difference(step, calls.entryAt(i), beforeB, afterB));
      }
    }
    for (int i = calls.settled(a); i < calls.end(a) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      refresh(step);
      boolean dearer =
          mix.calls(step, b)
              ? routes.dearer(step, calls.entryAt(i), afterA, mix.entry(step, b), afterB)
              : routes.dearer(step, calls.entryAt(i), afterA);
      sum += dearer ? note(step, 1) : 0;
    }
    for (int i = calls.settled(b); i < calls.end(b) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      if (!mix.calls(step, a)) {
        refresh(step);
        sum += routes.dearer(step, calls.entryAt(i), afterB) ? note(step, 1) : 0;
      }
    }
    weighed = change;
    weighedInFull = sum <= limitUnits;
    weighedUnits = sum;
    return weighedInFull ? sum : OVER_LIMIT;
  }

  private static long after(long before, int from, int to) {
    long after = from == HostChange.NONE ? before : before & ~(1L << from);
    return to == HostChange.NONE ? after : after | 1L << to;
  }

  private void refresh(int step) {
    if (routes.stale(step)) {
      routes.repair(step, optimum[step], hopeful(step));
    }
  }

  /** Keeps what the change does to a step until it is made, if ever; its share of the sum. */
  private long note(int step, int difference) {
    if (difference == 0) {
      return 0;
    }
    if (changed == changedSteps.length) {
      changedSteps = Arrays.copyOf(changedSteps, 2 * changed);
    }
    changedSteps[changed++] = difference > 0 ? step : ~step;
    return difference * mix.weight(step);
  }

  /** By how much a hopeful step that calls one of the two experts changes: -1, 0 or 1. */
  private int difference(int step, int entry, long before, long after) {
    if (routes.frees(step, before) && !routes.keeps(step, after)) {
      return -1;
    }
    return routes.dearer(step, entry, after) ? 1 : 0;
  }

  /** The same for a step that calls both. */
  private int difference(
      HostChange change, int step, int entryA, long afterA, int entryB, long afterB) {
    if (routes.mayFall(step, change.a(), afterA, change.b(), afterB)
        && fitsAfter(change, step, optimum[step] - 1)) {
      return -1;
    }
    return routes.dearer(step, entryA, afterA, entryB, afterB) ? 1 : 0;
  }

  private boolean fitsAfter(HostChange change, int step, int capacity) {
    edit(change);
    int from = mix.firstEntry(step);
    int size = mix.distinct(step);
    var active = matching.active(size);
    for (int i = 0; i < size; i++) {
      active[i] = mix.expert(from + i);
    }
    boolean fits = matching.fits(size, replicas, capacity);
    edit(change.inverse());
    return fits;
  }

  private void edit(HostChange change) {
    replicas.edit(change.a(), change.fromA(), change.toA());
    replicas.edit(change.b(), change.fromB(), change.toB());
  }

  @Override
  public void apply(HostChange change) {
    if (!weighedInFull || !weighed.equals(change)) {
      delta(change, OVER_LIMIT - 1);
    }
    weighedInFull = false;
    total += weighedUnits;
    for (int i = 0; i < changed; i++) {
      int step = Math.max(changedSteps[i], ~changedSteps[i]);
      boolean hopedBefore = hopeful(step);
      optimum[step] += (short) (changedSteps[i] >= 0 ? 1 : -1);
      if (hopeful(step) != hopedBefore) {
        calls.setHope(step, !hopedBefore);
      }
    }
    edit(change);
    routes.move(change.a(), change.fromA(), change.toA());
    routes.move(change.b(), change.fromB(), change.toB());
    spoil(change.a());
    spoil(change.b());
  }

  private void spoil(int expert) {
    for (int i = calls.begin(expert); i < calls.end(expert); i++) {
      routes.spoil(calls.stepAt(i));
    }
  }
}
