package coterie.planner.objective;

import coterie.planner.model.StepUnions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The steps of several batch sizes in one list, heaviest first, with integer weights.
 *
 * <p>Each batch size has its share of the whole. Weights add up to about {@link #UNITS}.
 *
 * <p>Heaviest first, because a search that adds up the harm of a move in this order knows soonest
 * that it is too much.
 */
final class StepMix {

  /** Weight of all steps together, up to rounding. */
  static final long UNITS = SearchCost.UNITS;

  private final int experts;
  private final int words;
  private final int[] offsets;
  private final short[] members;
  private final long[] weight;

  /** {@code [step * words + expert / 64]} bits of the experts that a step calls. */
  private final long[] called;

  private record Step(StepUnions unions, int index, long weight) {}

  /** Batch sizes that count alike. */
  StepMix(List<StepUnions> batchSizes) {
    this(batchSizes, alike(batchSizes.size()));
  }

  /**
   * Gathers.
   *
   * @param shares {@code [batchSizes]} weight of each, above 0; only their ratio matters
   */
  StepMix(List<StepUnions> batchSizes, double[] shares) {
    experts = batchSizes.get(0).experts();
    words = (experts + 63) / 64;
    var steps = byWeight(batchSizes, shares);
    offsets = new int[steps.size() + 1];
    weight = new long[steps.size()];
    called = new long[steps.size() * words];
    members = new short[steps.stream().mapToInt(s -> s.unions.distinct(s.index)).sum()];
    for (int i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      int entry = offsets[i];
      weight[i] = step.weight;
      for (int m = step.unions.from(step.index); m < step.unions.to(step.index); m++) {
        int expert = step.unions.member(m);
        members[entry++] = (short) expert;
        called[i * words + (expert >> 6)] |= 1L << expert;
      }
      offsets[i + 1] = entry;
    }
  }

  private static double[] alike(int size) {
    var shares = new double[size];
    Arrays.fill(shares, 1);
    return shares;
  }

  private static List<Step> byWeight(List<StepUnions> batchSizes, double[] shares) {
    double all = Arrays.stream(shares).sum();
    var steps = new ArrayList<Step>();
    for (int i = 0; i < shares.length; i++) {
      var unions = batchSizes.get(i);
      double share = UNITS * (shares[i] / all);
      for (int step = 0; step < unions.size(); step++) {
        steps.add(new Step(unions, step, Math.round(unions.weight(step) * share)));
      }
    }
    steps.sort(Comparator.comparingLong(Step::weight).reversed());
    return steps;
  }

  int experts() {
    return experts;
  }

  /** Number of steps. */
  int size() {
    return weight.length;
  }

  /** Words that hold one bit an expert. */
  int words() {
    return words;
  }

  /** The step's share of the whole, in units. */
  long weight(int step) {
    return weight[step];
  }

  /** Entries of a step are {@code [firstEntry(step), firstEntry(step + 1))}. */
  int firstEntry(int step) {
    return offsets[step];
  }

  /** Entries of all steps together. */
  int entries() {
    return members.length;
  }

  /** The expert of an entry; ascending within a step. */
  int expert(int entry) {
    return members[entry];
  }

  int distinct(int step) {
    return offsets[step + 1] - offsets[step];
  }

  boolean calls(int step, int expert) {
    return (called[step * words + (expert >> 6)] >>> expert & 1) != 0;
  }

  /** The entry of {@code expert} in a step, or -1 if the step does not call it. */
  int entry(int step, int expert) {
    if (!calls(step, expert)) {
      return -1;
    }
    int base = step * words;
    int word = expert >> 6;
    int rank = Long.bitCount(called[base + word] & ((1L << expert) - 1));
    for (int w = 0; w < word; w++) {
      rank += Long.bitCount(called[base + w]);
    }
    return offsets[step] + rank;
  }

  /** How many of the experts in {@code bits[from .. from + words)} a step calls. */
  int count(int step, long[] bits, int from) {
    if (words == 1) {
      return Long.bitCount(called[step] & bits[from]);
    }
    int count = 0;
    for (int w = 0; w < words; w++) {
      count += Long.bitCount(called[step * words + w] & bits[from + w]);
    }
    return count;
  }
}
