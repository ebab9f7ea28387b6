package coterie.jobs.simulate;

import coterie.planner.replay.LoopPlan;
import coterie.planner.replay.LoopTotals;
import coterie.planner.replay.OpenLoop;
import coterie.planner.replay.RequestQueue;
import coterie.planner.replay.RequestTimes;
import java.io.Serializable;
import java.util.List;

/** What came of a scenario. */
public final class LoopOutcome implements Serializable {

  private static final long serialVersionUID = 1;
  private static final double NANOS = 1e9;
  private static final List<Double> SHARES = List.of(0.5, 0.95, 0.99);

  /**
   * What half, 95 % and 99 % of the requests stay within, in seconds; NaN where there is nothing.
   */
  public record Percentiles(double p50, double p95, double p99) implements Serializable {}

  private final int scenario;
  private final long steps;
  private final long tokens;
  private final double tokensPerSecond;
  private final double tpotSeconds;
  private final double[] replicates;
  private final LoopTotals totals;
  private final Percentiles tpot;
  private final Percentiles latency;
  private final Percentiles ttft;
  private final int requests;

  private LoopOutcome(
      int scenario,
      long steps,
      long tokens,
      double tokensPerSecond,
      double tpotSeconds,
      double[] replicates,
      LoopTotals totals,
      RequestTimes times) {
    this.scenario = scenario;
    this.steps = steps;
    this.tokens = tokens;
    this.tokensPerSecond = tokensPerSecond;
    this.tpotSeconds = tpotSeconds;
    this.replicates = replicates;
    this.totals = totals;
    tpot = percentiles(SHARES.stream().map(times::perTokenNanos).toList());
    latency = percentiles(SHARES.stream().map(times::latencyNanos).toList());
    ttft = percentiles(SHARES.stream().map(times::firstTokenNanos).toList());
    requests = times.size();
  }

  private static Percentiles percentiles(List<Double> nanos) {
    return new Percentiles(nanos.get(0) / NANOS, nanos.get(1) / NANOS, nanos.get(2) / NANOS);
  }

  /** Of a schedule that was known before its times; all layers added up. */
  static LoopOutcome of(LoopScenario scenario, RequestQueue queue, LoopPlan plan, PricedLayer all) {
    var times = new RequestTimes();
    double perSecond = 0;
    int from = 0;
    for (var schedule : plan.schedules()) {
      times.add(queue, schedule, all.stepNanos, from);
      long nanos = 0;
      for (int step = 0; step < schedule.steps().size(); step++) {
        nanos += all.stepNanos[from + step];
      }
      perSecond += schedule.steps().totalDecode() * NANOS / nanos;
      from += schedule.steps().size();
    }
    double tpot = plan.meanNanos(all.stepNanos) / NANOS;
    return new LoopOutcome(
        scenario.id(),
        plan.steps().size(),
        plan.steps().totalDecode(),
        plan.schedules().isEmpty() ? scenario.inFlight() / tpot : perSecond,
        tpot,
        seconds(plan.replicateMeans(all.replicateSums)),
        all.totals,
        times);
  }

  /**
   * Of an open loop.
   *
   * @param replicateNanos mean TPOT of each replicate
   */
  static LoopOutcome of(
      LoopScenario scenario, OpenLoop loop, double[] replicateNanos, LoopTotals totals) {
    return new LoopOutcome(
        scenario.id(),
        loop.steps(),
        loop.tokens(),
        loop.tokens() * NANOS / loop.endNanos(),
        loop.meanNanos() / NANOS,
        seconds(replicateNanos),
        totals,
        loop.times());
  }

  private static double[] seconds(double[] nanos) {
    var seconds = new double[nanos.length];
    for (int i = 0; i < nanos.length; i++) {
      seconds[i] = nanos[i] / NANOS;
    }
    return seconds;
  }

  /** Place of the scenario in the request. */
  public int scenario() {
    return scenario;
  }

  /** Steps of all groups. */
  public long steps() {
    return steps;
  }

  /** Tokens decoded. */
  public long tokens() {
    return tokens;
  }

  /** Requests that count; 0 where tokens are of none. */
  public int requests() {
    return requests;
  }

  /** Tokens a second of all groups together. */
  public double tokensPerSecond() {
    return tokensPerSecond;
  }

  /** Mean time of a step, all layers, as decoded tokens see it. */
  public double tpotSeconds() {
    return tpotSeconds;
  }

  /** {@code [replicate]} the same of half of the requests each; a copy. */
  public double[] replicates() {
    return replicates.clone();
  }

  /** Sums over layers and steps. */
  public LoopTotals totals() {
    return totals;
  }

  /** TPOT of requests. */
  public Percentiles tpot() {
    return tpot;
  }

  /** Latency of requests. */
  public Percentiles latency() {
    return latency;
  }

  /** Time to the first token, where traces have prompts. */
  public Percentiles ttft() {
    return ttft;
  }
}
