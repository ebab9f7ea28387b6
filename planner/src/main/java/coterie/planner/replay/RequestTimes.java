package coterie.planner.replay;

import java.util.Arrays;

/**
 * What requests had to wait for, in the order in which they were added.
 *
 * <p>Latency is the time from a request's arrival (in a closed loop from its joining) to its last
 * token, TTFT that to its first token, both in nanoseconds. TPOT is the time of its decode steps
 * over the tokens that they gave.
 */
public final class RequestTimes {

  private long[] latency = new long[64];
  private long[] firstToken = new long[64];
  private double[] perToken = new double[64];
  private int size;
  private int prompts;
  private int decoding;

  /**
   * Adds a request.
   *
   * @param latencyNanos to its last token
   * @param firstTokenNanos to its first token; below 0 if the trace has no prompt of it
   * @param decodeNanos of the steps that decoded it
   * @param decodeTokens that they gave; 0 if the trace has its prompt alone
   */
  public void add(long latencyNanos, long firstTokenNanos, long decodeNanos, int decodeTokens) {
    if (size == latency.length) {
      latency = Arrays.copyOf(latency, 2 * size);
      firstToken = Arrays.copyOf(firstToken, 2 * size);
      perToken = Arrays.copyOf(perToken, 2 * size);
    }
    latency[size++] = latencyNanos;
    if (firstTokenNanos >= 0) {
      firstToken[prompts++] = firstTokenNanos;
    }
    if (decodeTokens > 0) {
      perToken[decoding++] = (double) decodeNanos / decodeTokens;
    }
  }

  /**
   * Adds the requests of a schedule.
   *
   * @param nanos {@code [from + step]} of each step
   * @param from where the schedule's steps begin
   */
  public void add(RequestQueue queue, LoopSchedule schedule, long[] nanos, int from) {
    var ends = new long[schedule.steps().size() + 1];
    for (int step = 0; step < schedule.steps().size(); step++) {
      ends[step + 1] = ends[step] + nanos[from + step];
    }
    for (var stay : schedule.stays()) {
      long start = ends[stay.joinStep()];
      boolean prompt = queue.prefill(stay.request()) > 0;
      long first = ends[stay.firstTokenStep() + 1] - start;
      long latencyNanos = ends[stay.lastStep() + 1] - start;
      add(
          latencyNanos,
          prompt ? first : -1,
          latencyNanos - (prompt ? first : 0),
          queue.decode(stay.request()));
    }
  }

  /** Number of requests. */
  public int size() {
    return size;
  }

  /** True if any request has a prompt. */
  public boolean hasFirstTokens() {
    return prompts > 0;
  }

  /** Latency that a share of the requests stay within, in nanoseconds. */
  public double latencyNanos(double share) {
    return quantile(doubles(latency, size), share);
  }

  /** TTFT that a share of the requests with a prompt stay within, in nanoseconds. */
  public double firstTokenNanos(double share) {
    return quantile(doubles(firstToken, prompts), share);
  }

  /** TPOT that a share of the decoding requests stay within, in nanoseconds. */
  public double perTokenNanos(double share) {
    return quantile(Arrays.copyOf(perToken, decoding), share);
  }

  private static double[] doubles(long[] values, int count) {
    var doubles = new double[count];
    for (int i = 0; i < count; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** The smallest value that at least a share of all values do not exceed; NaN of none. */
  private static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    Arrays.sort(values);
    int rank = (int) Math.ceil(share * values.length - 1e-9);
    return values[Math.min(values.length - 1, Math.max(0, rank - 1))];
  }
}
