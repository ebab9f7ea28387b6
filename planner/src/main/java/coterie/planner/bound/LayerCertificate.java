package coterie.planner.bound;

import coterie.planner.model.Cluster;
import coterie.planner.model.StepUnions;

/** The largest certificate that is known for a layer's steps. */
public final class LayerCertificate {

  private LayerCertificate() {}

  /** {@code ceil(n / G)} alone; costs nothing. */
  public static Certificate trivial(StepUnions steps, int gpus) {
    double experts = CeilBound.experts(steps, gpus);
    return new Certificate(experts, experts, Certificate.Method.TRIVIAL);
  }

  /** The trivial one, or the one by partition or, where sets are too many, by pairs if larger. */
  public static Certificate largest(StepUnions steps, Cluster cluster, BoundBudget budget) {
    return PartitionBound.of(steps, cluster, budget)
        .or(() -> PairBound.of(steps, cluster, budget))
        .map(trivial(steps, cluster.gpus())::or)
        .orElseGet(() -> trivial(steps, cluster.gpus()));
  }
}
