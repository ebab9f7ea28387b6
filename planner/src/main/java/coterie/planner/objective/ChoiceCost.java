package coterie.planner.objective;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.routing.ReplicaChoice;
import coterie.planner.routing.ReplicaTable;
import java.util.List;

/**
 * The expected number of distinct expert copies on the busiest GPU under a rule that picks replicas
 * call by call, as engines do; kept up to date while a search edits the placement.
 *
 * <p>Unit: expert copies. Over several batch sizes the cost is the mean of their costs, weighted by
 * shares. Range: from {@code E[ceil(n / G)]} to the slots of a GPU.
 *
 * <p>A change concerns two experts, and only steps that call one of them. In such a step the rule
 * answers anew for these experts alone, from a table of callers that is made once for the change;
 * the counts of all GPUs are then put right with a few word operations ({@link Lanes}). O(callers
 * of the two experts) a delta.
 */
public final class ChoiceCost implements SearchCost {

  private static final int NOT_CALLED = -1;

  private final CallMix mix;
  private final ReplicaChoice choice;
  private final ReplicaTable replicas;
  private final int words;

  /** {@code [step * words + w]} copies that each GPU runs; {@code [step]} most of them. */
  private final long[] load;

  private final byte[] most;

  /** {@code [entry * words + w]} GPUs that run the expert. */
  private final long[] runs;

  private final int[] gpuOfCaller;

  /** {@code [caller]} the GPU of each caller, for experts a and b of a change. */
  private final Targets targetsA;

  private final Targets targetsB;

  private final long[] runsA;
  private final long[] runsB;
  private long total;

  /**
   * Routes every step once.
   *
   * @param batchSizes steps of each batch size, on the ranks that the rule asks for
   * @param shares {@code [batchSizes]} weight of each in the cost, above 0; their ratio matters
   * @param choice made for the largest of the batch sizes
   */
  public ChoiceCost(
      List<TokenBatches> batchSizes, double[] shares, ReplicaChoice choice, Placement start) {
    if (start.cluster().mostSlots() > Lanes.MAX_COUNT) {
      throw new IllegalArgumentException(
          "%d slots on a GPU, at most %d can be counted"
              .formatted(start.cluster().mostSlots(), Lanes.MAX_COUNT));
    }
    this.choice = choice;
    mix = new CallMix(batchSizes, shares, choice);
    replicas = ReplicaTable.of(start);
    words = Lanes.words(start.cluster().gpus());
    load = new long[mix.size() * words];
    most = new byte[mix.size()];
    runs = new long[mix.entries() * words];
    gpuOfCaller = new int[choice.callers()];
    targetsA = new Targets();
    targetsB = new Targets();
    runsA = new long[words];
    runsB = new long[words];
    for (int expert = 0; expert < mix.experts(); expert++) {
      targetsA.set(expert);
      for (int entry = mix.begin(expert); entry < mix.end(expert); entry++) {
        targetsA.runs(entry, runsA);
        for (int w = 0; w < words; w++) {
          runs[entry * words + w] = runsA[w];
          load[mix.step(entry) * words + w] += runsA[w];
        }
      }
    }
    for (int step = 0; step < mix.size(); step++) {
      most[step] = (byte) mostFrom(0, step);
      total += most[step] * mix.weight(step);
    }
  }

  /** Where the rule sends the callers of one expert. */
  private final class Targets {

    private final int[] wordOf = new int[choice.callers()];
    private final long[] bitOf = new long[choice.callers()];
    private boolean single;

    void set(int expert) {
      single = replicas.copies(expert) == 1;
      if (single) {
        wordOf[0] = Lanes.word(replicas.gpu(expert, 0));
        bitOf[0] = Lanes.bit(replicas.gpu(expert, 0));
        return;
      }
      choice.choose(expert, replicas, gpuOfCaller);
      for (int caller = 0; caller < gpuOfCaller.length; caller++) {
        wordOf[caller] = Lanes.word(gpuOfCaller[caller]);
        bitOf[caller] = Lanes.bit(gpuOfCaller[caller]);
      }
    }

    /** Fills in the GPUs that run an entry of the expert. */
    void runs(int entry, long[] runs) {
      for (int w = 0; w < words; w++) {
        runs[w] = 0;
      }
      if (single) {
        runs[wordOf[0]] = bitOf[0];
        return;
      }
      for (int i = mix.beginCallers(entry); i < mix.endCallers(entry); i++) {
        int caller = mix.caller(i);
        runs[wordOf[caller]] |= bitOf[caller];
      }
    }
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public long delta(HostChange change, long limitUnits) {
    make(change);
    long sum = 0;
    int a = mix.begin(change.a());
    int b = mix.begin(change.b());
    int endA = mix.end(change.a());
    int endB = mix.end(change.b());
    while (a < endA || b < endB) {
      int stepA = a < endA ? mix.step(a) : Integer.MAX_VALUE;
      int stepB = b < endB ? mix.step(b) : Integer.MAX_VALUE;
      int step = Math.min(stepA, stepB);
      int entryA = stepA == step ? a++ : NOT_CALLED;
      int entryB = stepB == step ? b++ : NOT_CALLED;
      sum += difference(step, entryA, entryB) * mix.weight(step);
    }
    edit(change.inverse());
    return sum > limitUnits ? OVER_LIMIT : sum;
  }

  @Override
  public void apply(HostChange change) {
    make(change);
    int a = mix.begin(change.a());
    int b = mix.begin(change.b());
    int endA = mix.end(change.a());
    int endB = mix.end(change.b());
    while (a < endA || b < endB) {
      int stepA = a < endA ? mix.step(a) : Integer.MAX_VALUE;
      int stepB = b < endB ? mix.step(b) : Integer.MAX_VALUE;
      int step = Math.min(stepA, stepB);
      update(step, stepA == step ? a++ : NOT_CALLED, stepB == step ? b++ : NOT_CALLED);
    }
  }

  private void make(HostChange change) {
    edit(change);
    targetsA.set(change.a());
    targetsB.set(change.b());
  }

  private void edit(HostChange change) {
    replicas.edit(change.a(), change.fromA(), change.toA());
    replicas.edit(change.b(), change.fromB(), change.toB());
  }

  /** By how much the most copies of a step change. */
  private int difference(int step, int entryA, int entryB) {
    answer(entryA, targetsA, runsA);
    answer(entryB, targetsB, runsB);
    if (words == 1) {
      long after = load[step] + runsA[0] + runsB[0];
      after -= entryA == NOT_CALLED ? 0 : runs[entryA];
      after -= entryB == NOT_CALLED ? 0 : runs[entryB];
      return after == load[step] ? 0 : mostOf(after, most[step]) - most[step];
    }
    shift(step, entryA, runsA, 1);
    shift(step, entryB, runsB, 1);
    int after = mostFrom(most[step], step);
    shift(step, entryA, runsA, -1);
    shift(step, entryB, runsB, -1);
    return after - most[step];
  }

  private void answer(int entry, Targets targets, long[] answer) {
    if (entry == NOT_CALLED) {
      for (int w = 0; w < words; w++) {
        answer[w] = 0;
      }
    } else {
      targets.runs(entry, answer);
    }
  }

  private void shift(int step, int entry, long[] newRuns, int sign) {
    if (entry != NOT_CALLED) {
      for (int w = 0; w < words; w++) {
        load[step * words + w] += sign * (newRuns[w] - runs[entry * words + w]);
      }
    }
  }

  private void update(int step, int entryA, int entryB) {
    answer(entryA, targetsA, runsA);
    answer(entryB, targetsB, runsB);
    shift(step, entryA, runsA, 1);
    shift(step, entryB, runsB, 1);
    for (int w = 0; w < words; w++) {
      if (entryA != NOT_CALLED) {
        runs[entryA * words + w] = runsA[w];
      }
      if (entryB != NOT_CALLED) {
        runs[entryB * words + w] = runsB[w];
      }
    }
    int after = mostFrom(most[step], step);
    total += (after - most[step]) * mix.weight(step);
    most[step] = (byte) after;
  }

  /** The largest count of a step, sought from a guess. */
  private int mostFrom(int guess, int step) {
    int found = guess;
    while (anyAtLeast(step, found + 1)) {
      found++;
    }
    while (found > 0 && !anyAtLeast(step, found)) {
      found--;
    }
    return found;
  }

  private boolean anyAtLeast(int step, int count) {
    for (int w = 0; w < words; w++) {
      if (Lanes.anyAtLeast(load[step * words + w], count)) {
        return true;
      }
    }
    return false;
  }

  private static int mostOf(long counts, int guess) {
    int found = guess;
    while (Lanes.anyAtLeast(counts, found + 1)) {
      found++;
    }
    while (found > 0 && !Lanes.anyAtLeast(counts, found)) {
      found--;
    }
    return found;
  }
}
