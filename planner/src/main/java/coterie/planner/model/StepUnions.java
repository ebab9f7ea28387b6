package coterie.planner.model;

import java.util.Arrays;

/**
 * The unions of steps: the distinct experts that each step of one layer activates.
 *
 * <p>Arrays: {@code members[offsets[i] .. offsets[i + 1])} are the experts of step {@code i},
 * ascending. {@code weight[i]} is the share of the step in the expectation; the weights of all
 * steps add up to 1.
 */
public final class StepUnions {

  private final int experts;
  private final int[] offsets;
  private final short[] members;
  private final double[] weight;

  private StepUnions(int experts, int[] offsets, short[] members, double[] weight) {
    this.experts = experts;
    this.offsets = offsets;
    this.members = members;
    this.weight = weight;
  }

  /** The unions of drawn batches. */
  public static StepUnions of(TokenBatches batches) {
    int steps = batches.size();
    var sets = batches.sets();
    var offsets = new int[steps + 1];
    var members = new short[Math.max(16, steps * Math.min(sets.experts(), 4 * batches.batch()))];
    var weight = new double[steps];
    var seen = new int[sets.experts()];
    double total = 0;
    for (int step = 0; step < steps; step++) {
      int end = offsets[step];
      for (int token = 0; token < batches.batch(); token++) {
        int set = batches.set(step, token);
        for (int i = sets.from(set); i < sets.to(set); i++) {
          int expert = sets.member(i);
          if (seen[expert] != step + 1) {
            seen[expert] = step + 1;
            if (end == members.length) {
              members = Arrays.copyOf(members, 2 * end);
            }
            members[end++] = (short) expert;
          }
        }
      }
      Arrays.sort(members, offsets[step], end);
      offsets[step + 1] = end;
      weight[step] = batches.weight(step);
      total += weight[step];
    }
    for (int step = 0; step < steps; step++) {
      weight[step] /= total;
    }
    return new StepUnions(sets.experts(), offsets, Arrays.copyOf(members, offsets[steps]), weight);
  }

  public int experts() {
    return experts;
  }

  /** Number of steps. */
  public int size() {
    return weight.length;
  }

  /** Where the experts of {@code step} begin for {@link #member}. */
  public int from(int step) {
    return offsets[step];
  }

  /** Where the experts of {@code step} end, exclusive. */
  public int to(int step) {
    return offsets[step + 1];
  }

  /** The expert at {@code index} of the concatenated unions. */
  public int member(int index) {
    return members[index];
  }

  /** Distinct experts of {@code step}. */
  public int distinct(int step) {
    return offsets[step + 1] - offsets[step];
  }

  /** The step's share of the expectation. */
  public double weight(int step) {
    return weight[step];
  }
}
