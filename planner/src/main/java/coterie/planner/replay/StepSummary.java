package coterie.planner.replay;

/**
 * Sums over priced steps, in whole nanoseconds, so that they do not depend on the order or on how
 * steps were divided over tasks.
 *
 * <p>A step counts for its weight in tokens, in units of 1/64: that is exact for whole weights.
 */
public final class StepSummary {

  private static final long UNITS = 64;

  private final long[] nanos = new long[Cause.COUNT];
  private final long[] bytes = new long[LinkClass.COUNT];
  private long weight;
  private long mostCopies;
  private long distinctExperts;
  private long tokens;
  private long steps;
  private double squaredNanos;

  /**
   * Adds a step.
   *
   * @param weightTokens what it counts for, above 0
   */
  public void add(StepTime time, double weightTokens) {
    long share = Math.max(1, Math.round(weightTokens * UNITS));
    time.addTo(nanos, bytes, share);
    weight += share;
    mostCopies += share * time.mostCopies();
    distinctExperts += share * time.distinctExperts();
    tokens += share * time.tokens();
    steps++;
    double total = time.totalNanos();
    squaredNanos += share * total * total;
  }

  /** Adds the steps of another summary. */
  public void add(StepSummary other) {
    for (int cause = 0; cause < nanos.length; cause++) {
      nanos[cause] = Math.addExact(nanos[cause], other.nanos[cause]);
    }
    for (int link = 0; link < bytes.length; link++) {
      bytes[link] = Math.addExact(bytes[link], other.bytes[link]);
    }
    weight += other.weight;
    mostCopies += other.mostCopies;
    distinctExperts += other.distinctExperts;
    tokens += other.tokens;
    steps += other.steps;
    squaredNanos += other.squaredNanos;
  }

  /** Steps added. */
  public long steps() {
    return steps;
  }

  /** Mean nanoseconds of a layer by a cause. */
  public double meanNanos(Cause cause) {
    return (double) nanos[cause.place()] / weight;
  }

  /** Mean nanoseconds of a layer. */
  public double meanNanos() {
    long total = 0;
    for (long value : nanos) {
      total += value;
    }
    return (double) total / weight;
  }

  /** Mean nanoseconds of the routed experts alone. */
  public double meanMoeNanos() {
    return meanNanos(Cause.MOE_WEIGHTS) + meanNanos(Cause.MOE_COMPUTE);
  }

  /** Standard error of {@link #meanNanos()} over drawn steps of equal weight. */
  public double standardErrorNanos() {
    double mean = meanNanos();
    double variance = Math.max(0, squaredNanos / weight - mean * mean);
    return Math.sqrt(variance / Math.max(1, steps - 1));
  }

  /** Mean distinct expert copies on the busiest GPU. */
  public double meanMostCopies() {
    return (double) mostCopies / weight;
  }

  /** Mean distinct experts of a step. */
  public double meanDistinctExperts() {
    return (double) distinctExperts / weight;
  }

  /** Mean tokens of a step, padded rows included. */
  public double meanTokens() {
    return (double) tokens / weight;
  }

  /** Mean bytes of a layer over links of a class. */
  public double meanBytes(LinkClass link) {
    return (double) bytes[link.place()] / weight;
  }
}
