package coterie.planner.replay;

import java.util.EnumMap;

/**
 * Sums over priced steps, in whole nanoseconds, so that they do not depend on the order or on how
 * steps were divided over tasks.
 *
 * <p>A step counts for its weight in tokens, in units of 1/64: that is exact for whole weights.
 */
public final class StepSummary {

  private static final long UNITS = 64;

  private final EnumMap<Cause, Long> nanos = new EnumMap<>(Cause.class);
  private final EnumMap<LinkClass, Long> bytes = new EnumMap<>(LinkClass.class);
  private long weight;
  private long mostCopies;
  private long distinctExperts;
  private long tokens;
  private long steps;
  private double squaredNanos;

  /** Nothing yet. */
  public StepSummary() {
    for (var cause : Cause.values()) {
      nanos.put(cause, 0L);
    }
    for (var link : LinkClass.values()) {
      bytes.put(link, 0L);
    }
  }

  /**
   * Adds a step.
   *
   * @param weightTokens what it counts for, above 0
   */
  public void add(StepTime time, double weightTokens) {
    long share = Math.max(1, Math.round(weightTokens * UNITS));
    for (var cause : Cause.values()) {
      nanos.merge(cause, Math.multiplyExact(share, time.nanos(cause)), Math::addExact);
    }
    for (var link : LinkClass.values()) {
      bytes.merge(link, Math.multiplyExact(share, time.bytes(link)), Math::addExact);
    }
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
    other.nanos.forEach((cause, value) -> nanos.merge(cause, value, Math::addExact));
    other.bytes.forEach((link, value) -> bytes.merge(link, value, Math::addExact));
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
    return (double) nanos.get(cause) / weight;
  }

  /** Mean nanoseconds of a layer. */
  public double meanNanos() {
    long total = 0;
    for (long value : nanos.values()) {
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
    return (double) bytes.get(link) / weight;
  }
}
