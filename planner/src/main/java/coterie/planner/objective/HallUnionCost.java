package coterie.planner.objective;

import coterie.planner.model.Placement;

/**
 * {@link UnionCost} for few GPUs, straight from Hall's theorem with one bit an expert.
 *
 * <p>A step gets dearer only where a set of GPUs that gains an expert becomes overfull; it gets
 * cheaper only where the set that proves its optimum stops being so, and no other set takes its
 * place. O(steps that call either expert) popcounts a delta, plus O(2^G) for the sets themselves.
 */
final class HallUnionCost implements UnionCost {

  private final StepMix mix;
  private final CallLists calls;
  private final HallSets sets;

  /** {@code [step]} the optimum, {@code ceil(n / G)}, and if it is above, a set that proves it. */
  private final short[] optimum;

  private final short[] floor;
  private final short[] proof;

  private long total;

  HallUnionCost(StepMix mix, Placement start) {
    this.mix = mix;
    calls = new CallLists(mix);
    sets = new HallSets(mix, start);
    optimum = new short[mix.size()];
    floor = new short[mix.size()];
    proof = new short[mix.size()];
    int gpus = start.cluster().gpus();
    for (int step = 0; step < mix.size(); step++) {
      int capacity = (mix.distinct(step) + gpus - 1) / gpus;
      floor[step] = (short) capacity;
      int overfull = sets.anyOverfull(step, capacity);
      while (overfull != SubsetList.NONE) {
        proof[step] = (short) overfull;
        overfull = sets.anyOverfull(step, ++capacity);
      }
      optimum[step] = (short) capacity;
      total += capacity * mix.weight(step);
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
    sets.weigh(change);
    int a = change.a();
    int b = change.b();
    long sum = 0;
    for (int i = calls.begin(a); i < calls.settled(a); i++) {
      int step = calls.stepAt(i);
      sum += difference(step, true, mix.calls(step, b)) * mix.weight(step);
    }
    for (int i = calls.begin(b); i < calls.settled(b); i++) {
      int step = calls.stepAt(i);
      sum += mix.calls(step, a) ? 0 : difference(step, false, true) * mix.weight(step);
    }
    for (int i = calls.settled(a); i < calls.end(a) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      sum += dearer(step, true, mix.calls(step, b)) ? mix.weight(step) : 0;
    }
    for (int i = calls.settled(b); i < calls.end(b) && sum <= limitUnits; i++) {
      int step = calls.stepAt(i);
      sum += dearer(step, false, true) && !mix.calls(step, a) ? mix.weight(step) : 0;
    }
    return sum > limitUnits ? OVER_LIMIT : sum;
  }

  /** By how much the optimum of a hopeful step changes: -1, 0 or 1. */
  private int difference(int step, boolean callsA, boolean callsB) {
    int below = optimum[step] - 1;
    if (!sets.overfull(proof[step], step, below)
        && sets.anyOverfull(step, below) == SubsetList.NONE) {
      return -1;
    }
    return dearer(step, callsA, callsB) ? 1 : 0;
  }

  private boolean dearer(int step, boolean callsA, boolean callsB) {
    return sets.overfullByGain(step, callsA, callsB, optimum[step]) != SubsetList.NONE;
  }

  @Override
  public void apply(HostChange change) {
    sets.weigh(change);
    for (int step : calls.stepsOf(change.a(), change.b())) {
      boolean hopedBefore = hopeful(step);
      update(step, mix.calls(step, change.a()), mix.calls(step, change.b()));
      if (hopeful(step) != hopedBefore) {
        calls.setHope(step, !hopedBefore);
      }
    }
    sets.commit();
  }

  private void update(int step, boolean callsA, boolean callsB) {
    int now = optimum[step];
    int overfull = sets.overfullByGain(step, callsA, callsB, now);
    if (overfull != SubsetList.NONE) {
      set(step, now + 1, overfull);
    } else if (hopeful(step) && !sets.overfull(proof[step], step, now - 1)) {
      int other = sets.anyOverfull(step, now - 1);
      if (other != SubsetList.NONE) {
        proof[step] = (short) other;
      } else {
        // Harmless at the floor, where the answer is a set that proves nothing and is not asked.
        set(step, now - 1, sets.anyOverfull(step, now - 2));
      }
    }
  }

  private void set(int step, int newOptimum, int newProof) {
    total += (newOptimum - optimum[step]) * mix.weight(step);
    optimum[step] = (short) newOptimum;
    proof[step] = (short) newProof;
  }
}
