package coterie.planner.bound;

import coterie.planner.model.StepUnions;

/**
 * The stars of steps in pairs of experts: {@code max >= 1 + sum over b of P_ab}, where P_ab is 1 if
 * a and b share a GPU and b runs over the other experts of the step.
 *
 * <p>A mixture holds a share of each expert of each step that can cost more than {@code ceil(n /
 * G)}: {@code mix[from(i) .. from(i + 1))} in the order of the experts.
 */
final class PairTerms {

  private final int experts;
  private final double[] weight;
  private final int[] threshold;
  private final int[] from;
  private final int[] members;

  PairTerms(StepUnions steps, int gpus, int slotsPerGpu) {
    experts = steps.experts();
    int size = 0;
    int entries = 0;
    for (int step = 0; step < steps.size(); step++) {
      if (counts(steps.distinct(step), gpus, slotsPerGpu)) {
        size++;
        entries += steps.distinct(step);
      }
    }
    weight = new double[size];
    threshold = new int[size];
    from = new int[size + 1];
    members = new int[entries];
    int at = 0;
    for (int step = 0; step < steps.size(); step++) {
      int n = steps.distinct(step);
      if (counts(n, gpus, slotsPerGpu)) {
        weight[at] = steps.weight(step);
        threshold[at] = (n + gpus - 1) / gpus;
        from[at + 1] = from[at] + n;
        for (int i = 0; i < n; i++) {
          members[from[at] + i] = steps.member(steps.from(step) + i);
        }
        at++;
      }
    }
  }

  private static boolean counts(int n, int gpus, int slotsPerGpu) {
    return (n + gpus - 1) / gpus < Math.min(n, slotsPerGpu);
  }

  int size() {
    return weight.length;
  }

  int rows() {
    return members.length;
  }

  int from(int step) {
    return from[step];
  }

  double weight(int step) {
    return weight[step];
  }

  /**
   * Adds what a mixture charges each pair to the upper triangle of {@code charge[a * experts + b]}.
   *
   * @param scale {@code [step]}
   * @return what the constants add up to
   */
  double addCharges(double[] mix, double[] scale, double[] charge) {
    double constant = 0;
    for (int step = 0; step < size(); step++) {
      for (int i = from[step]; i < from[step + 1]; i++) {
        double own = scale[step] * mix[i];
        constant += own * (1 - threshold[step]);
        for (int j = i + 1; j < from[step + 1]; j++) {
          charge[members[i] * experts + members[j]] += own + scale[step] * mix[j];
        }
      }
    }
    return constant;
  }

  /** The value of each star, from the upper triangle of {@code shared[a * experts + b]}. */
  void rowValues(double[] shared, double[] out) {
    for (int step = 0; step < size(); step++) {
      for (int i = from[step]; i < from[step + 1]; i++) {
        out[i] = 1 - threshold[step];
      }
      for (int i = from[step]; i < from[step + 1]; i++) {
        for (int j = i + 1; j < from[step + 1]; j++) {
          double p = shared[members[i] * experts + members[j]];
          out[i] += p;
          out[j] += p;
        }
      }
    }
  }
}
