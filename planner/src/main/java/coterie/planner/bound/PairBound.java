package coterie.planner.bound;

import coterie.planner.model.Cluster;
import coterie.planner.model.StepUnions;
import java.util.Optional;

/**
 * The certificate for layers of so many experts that the sets of a GPU cannot be listed.
 *
 * <p>P_ab is 1 if experts a and b share a GPU. Of every placement without spares, m slots on each
 * GPU: {@code sum over b of P_ab = m - 1}; {@code P + I} is positive semidefinite, being a sum of
 * outer products of the GPUs' indicator vectors; {@code P_ab + P_bc - P_ac <= 1}; and each step
 * obeys the rows of {@link PairTerms}. With multipliers u (free), v >= 0, Z positive semidefinite
 * and a mixture y of each step's rows, any placement costs at least
 *
 * <pre>
 *   E[q] + constants(y) + (m - 1) sum of u - sum of v - trace Z + sum over pairs of min(0, r_ab)
 * </pre>
 *
 * with {@code r_ab} what is left as the price of P_ab, which lies in [0, 1]. Z is composed of outer
 * products, so the value holds whatever the ascent has reached, and no solver has to be believed.
 */
public final class PairBound {

  /** Taken off a value: rounding of Z and of sums of a million terms stays well below it. */
  private static final double MARGIN = 1e-8;

  /** With more experts an iteration takes seconds. */
  private static final int MOST_EXPERTS = 512;

  private PairBound() {}

  /**
   * The certificate of this kind; empty with spare slots, with GPUs of unequal room, and for layers
   * of more than 512 experts.
   *
   * @param budget 1,000 iterations take some 10 s at 64 experts
   */
  public static Optional<Certificate> of(StepUnions steps, Cluster cluster, BoundBudget budget) {
    int experts = steps.experts();
    if (!cluster.even() || cluster.slots() != experts || experts > MOST_EXPERTS) {
      return Optional.empty();
    }
    double trivial = CeilBound.experts(steps, cluster.gpus());
    var terms = new PairTerms(steps, cluster.gpus(), cluster.slotsPerGpu());
    double gain =
        terms.size() == 0
            ? 0
            : new PairAscent(terms, experts, cluster.slotsPerGpu()).run(budget) - MARGIN;
    return Optional.of(
        new Certificate(trivial + Math.max(0, gain), trivial, Certificate.Method.PAIRS));
  }
}
