package coterie.planner.objective;

import coterie.planner.model.Placement;

/**
 * Which experts each set of GPUs confines, before and after a change that is being weighed.
 *
 * <p>A set confines an expert if all replicas of the expert lie in it. A set T is only of interest
 * while it says more than its parts: if for some GPU g in T every expert that T confines is
 * confined by {g} or by T without g, then T is overfull only where a part is.
 *
 * <p>All {@code 2^GPUs} sets are kept, so this is for at most {@link #MAX_GPUS} GPUs.
 */
final class HallSets {

  static final int MAX_GPUS = 10;

  private final StepMix mix;
  private final int words;
  private final int subsets;

  /** {@code [expert]} bits of the GPUs that hold it. */
  private final int[] hosts;

  /** {@code [subset * words + w]} bits of the experts confined. */
  private long[] confined;

  private long[] confinedAfter;

  private final SubsetList gainingA;
  private final SubsetList gainingB;
  private final SubsetList telling;
  private HostChange change;

  HallSets(StepMix mix, Placement start) {
    this.mix = mix;
    words = mix.words();
    subsets = 1 << start.cluster().gpus();
    hosts = new int[mix.experts()];
    for (int slot = 0; slot < start.cluster().slots(); slot++) {
      hosts[start.expertAt(slot)] |= 1 << start.cluster().gpuOf(slot);
    }
    confined = new long[subsets * words];
    for (int expert = 0; expert < mix.experts(); expert++) {
      for (int subset = 1; subset < subsets; subset++) {
        if ((hosts[expert] & ~subset) == 0) {
          confined[subset * words + (expert >> 6)] |= 1L << expert;
        }
      }
    }
    confinedAfter = confined.clone();
    gainingA = new SubsetList(subsets);
    gainingB = new SubsetList(subsets);
    telling = new SubsetList(subsets);
  }

  /** Weighs a change: every question below is about the placement after it. */
  void weigh(HostChange change) {
    this.change = change;
    System.arraycopy(confined, 0, confinedAfter, 0, confined.length);
    shift(change.a(), change.fromA(), change.toA());
    shift(change.b(), change.fromB(), change.toB());
    listGains(change.a(), change.fromA(), change.toA(), gainingA);
    listGains(change.b(), change.fromB(), change.toB(), gainingB);
    telling.clear();
  }

  /** Makes the change that was weighed last. */
  void commit() {
    hosts[change.a()] = after(change.a(), change.fromA(), change.toA());
    hosts[change.b()] = after(change.b(), change.fromB(), change.toB());
    var before = confined;
    confined = confinedAfter;
    confinedAfter = before;
  }

  private void shift(int expert, int from, int to) {
    int after = after(expert, from, to);
    long bit = 1L << expert;
    for (int subset = 1, at = words + (expert >> 6); subset < subsets; subset++, at += words) {
      confinedAfter[at] =
          (after & ~subset) == 0 ? confinedAfter[at] | bit : confinedAfter[at] & ~bit;
    }
  }

  private int after(int expert, int from, int to) {
    int after = hosts[expert];
    if (from != HostChange.NONE) {
      after &= ~(1 << from);
    }
    return to == HostChange.NONE ? after : after | 1 << to;
  }

  private void listGains(int expert, int from, int to, SubsetList gaining) {
    int before = hosts[expert];
    int after = after(expert, from, to);
    gaining.clear();
    for (int subset = 1; subset < subsets; subset++) {
      if ((after & ~subset) == 0 && (before & ~subset) != 0 && tells(subset)) {
        gaining.add(subset, confinedBy(subset));
      }
    }
    gaining.sort();
  }

  private boolean tells(int subset) {
    if ((subset & (subset - 1)) == 0) {
      return true;
    }
    for (int rest = subset; rest != 0; rest &= rest - 1) {
      int gpu = rest & -rest;
      if (splits(subset, gpu)) {
        return false;
      }
    }
    return true;
  }

  private boolean splits(int subset, int gpu) {
    for (int w = 0; w < words; w++) {
      long parts = confinedAfter[(subset ^ gpu) * words + w] | confinedAfter[gpu * words + w];
      if (confinedAfter[subset * words + w] != parts) {
        return false;
      }
    }
    return true;
  }

  private int confinedBy(int subset) {
    int count = 0;
    for (int w = 0; w < words; w++) {
      count += Long.bitCount(confinedAfter[subset * words + w]);
    }
    return count;
  }

  /** A set that is overfull because it gains expert a, or b if the step calls it; or none. */
  int overfullByGain(int step, boolean callsA, boolean callsB, int capacity) {
    int found = SubsetList.NONE;
    if (callsA) {
      found = gainingA.overfull(mix, step, confinedAfter, capacity);
    }
    if (found == SubsetList.NONE && callsB) {
      found = gainingB.overfull(mix, step, confinedAfter, capacity);
    }
    return found;
  }

  /** True if one given set is overfull. */
  boolean overfull(int subset, int step, int capacity) {
    return mix.count(step, confinedAfter, subset * words) > capacity * Integer.bitCount(subset);
  }

  /** Any overfull set, or {@link SubsetList#NONE} if the step fits the capacity. */
  int anyOverfull(int step, int capacity) {
    if (telling.isEmpty()) {
      for (int subset = 1; subset < subsets; subset++) {
        if (tells(subset)) {
          telling.add(subset, confinedBy(subset));
        }
      }
      telling.sort();
    }
    return telling.overfull(mix, step, confinedAfter, capacity);
  }
}
