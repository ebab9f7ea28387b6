package coterie.planner.bound;

/**
 * A proven lower bound on the expected distinct experts of the busiest GPU, for given steps.
 *
 * @param experts no placement costs less on the steps, whatever the router
 * @param trivialExperts the expectation of {@code ceil(n / G)} over the same steps
 * @param method what proved it
 */
public record Certificate(double experts, double trivialExperts, Method method) {

  /** What a certificate rests on. */
  public enum Method {
    /** {@code ceil(n / G)}. */
    TRIVIAL("trivial"),
    /** Fractional partition into the sets that a GPU can hold. */
    PARTITION("partition"),
    /** Pairs of experts that share a GPU, as a semidefinite relaxation. */
    PAIRS("pairs");

    private final String label;

    Method(String label) {
      this.label = label;
    }

    /** The name in tables. */
    public String label() {
      return label;
    }
  }

  /** The larger of the two. */
  public Certificate or(Certificate other) {
    return other.experts > experts ? other : this;
  }

  /**
   * The share of a cost's excess over the trivial bound that is proven unavoidable.
   *
   * @param cost in experts
   * @return in [0, 1]; NaN where the cost has no excess
   */
  public double explained(double cost) {
    return cost > trivialExperts + 1e-12
        ? Math.max(0, (experts - trivialExperts) / (cost - trivialExperts))
        : Double.NaN;
  }
}
