package coterie.planner.bound;

import coterie.planner.model.Cluster;
import coterie.planner.model.StepUnions;
import java.util.Optional;

/**
 * The certificate from fractional partitions: without spares, and with any number of them.
 *
 * <p>A placement without spares uses G disjoint sets of m experts. Relaxed: {@code lambda_S >= 0}
 * for every such set, each expert covered once, and each step's maximum at least what every row of
 * {@link StepTerms} adds up to. With R spare slots at most R experts have copies; an expert with
 * one copy has no choice of replica, so the sets of single-copy experts (at most m a GPU, the most
 * slots of any) obey the same star rows while {@code rho_e} in [0, 1], {@code sum of rho <= R},
 * takes experts out.
 *
 * <p>For prices u of the experts and a mixture y of each step's rows, any placement costs at least
 *
 * <pre>
 *   E[q] + constants(y) + sum of u - (the R largest positive u) + G * min over S of (c_y(S) - u(S))
 * </pre>
 *
 * where c_y(S) is what the mixture charges S. That is linear programming duality, but checked here
 * over <i>every</i> set in plain arithmetic, so that no tolerance of a solver can overstate it: it
 * holds for whatever u and y an ascent has reached. {@link PartitionAscent} improves them.
 *
 * <p>Departs from a plain LP in that no matrix is ever built: charges and their transpose are sums
 * over a lattice of subsets, a few additions for each set.
 */
public final class PartitionBound {

  /** Taken off a value: rounding of sums of a million terms stays well below it. */
  private static final double MARGIN = 1e-9;

  private PartitionBound() {}

  /**
   * The certificate of this kind, or empty if the sets that a GPU can hold are too many.
   *
   * @param steps steps that are priced together
   * @param budget 500 to 2,000 iterations come within a few percent of the limit
   */
  public static Optional<Certificate> of(StepUnions steps, Cluster cluster, BoundBudget budget) {
    int experts = steps.experts();
    int held = Math.min(cluster.mostSlots(), experts);
    if (cluster.slots() < experts) {
      throw new IllegalArgumentException(experts + " experts do not fit on " + cluster);
    }
    double trivial = CeilBound.experts(steps, cluster.gpus());
    if (!SubsetLattice.fits(experts, held)) {
      return Optional.empty();
    }
    var lattice = new SubsetLattice(experts, held);
    int spares = cluster.slots() - experts;
    boolean exactParts = spares == 0 && cluster.even();
    var terms = new StepTerms(steps, cluster.gpus(), lattice, exactParts);
    if (terms.size() == 0) {
      return Optional.of(new Certificate(trivial, trivial, Certificate.Method.PARTITION));
    }
    var ascent = new PartitionAscent(lattice, terms, cluster.gpus(), spares, exactParts);
    double gain = ascent.run(budget) - MARGIN;
    return Optional.of(
        new Certificate(trivial + Math.max(0, gain), trivial, Certificate.Method.PARTITION));
  }
}
