package coterie.planner.replay;

import coterie.planner.model.SeededRandom;
import coterie.planner.replay.Flight.Passenger;

/**
 * Open loop: requests come when they come, whether or not earlier ones are done.
 *
 * <p>At the end of each step those that have come join, as far as the flight has room, in order.
 * What a step takes decides who is there for the next one, so that one replay is one piece of work.
 * A step without requests does not take place: the clock goes on to the next arrival.
 */
public final class OpenLoop {

  private static final long ARRIVALS = 402;
  private static final double NANOS = 1e9;

  /** What a step takes. */
  @FunctionalInterface
  public interface StepCost {

    /** Nanoseconds of a step of the list, all layers. */
    long nanos(StepList steps, int step);
  }

  private final RequestTimes times = new RequestTimes();
  private long tokenNanos;
  private long tokens;
  private long endNanos;
  private long steps;

  /**
   * Arrivals of a Poisson process.
   *
   * @param count requests
   * @param perSecond mean rate
   * @return {@code [count]} nanoseconds from the start, ascending
   */
  public static long[] poisson(int count, double perSecond, long seed) {
    var random = SeededRandom.of(seed, ARRIVALS);
    var arrivals = new long[count];
    double seconds = 0;
    for (int i = 0; i < count; i++) {
      // StrictMath: the same arrivals on every machine.
      seconds -= StrictMath.log(1 - random.nextDouble()) / perSecond;
      arrivals[i] = Math.round(seconds * NANOS);
    }
    return arrivals;
  }

  /**
   * Replays requests on one group of GPUs; several groups add up if called for each.
   *
   * @param order requests in the order of their arrival
   * @param arrivals {@code [order]} nanoseconds from the start, ascending
   * @param mostInFlight requests at a time
   * @param chunkTokens most tokens of prompts in a step
   */
  public void run(
      RequestQueue queue,
      int[] order,
      long[] arrivals,
      int mostInFlight,
      int chunkTokens,
      StepCost cost) {
    var list = new StepList();
    var flight = new Flight(queue, chunkTokens);
    var starts = new long[Math.toIntExact(tokens(queue, order))];
    var ends = new long[starts.length];
    long clock = 0;
    int next = 0;
    while (next < order.length || flight.size() > 0) {
      if (flight.size() == 0) {
        clock = Math.max(clock, arrivals[next]);
      }
      while (next < order.length && flight.size() < mostInFlight && arrivals[next] <= clock) {
        flight.join(order[next], next, list.size());
        next++;
      }
      int step = list.size();
      var leaving = flight.step(list);
      starts[step] = clock;
      clock += cost.nanos(list, step);
      ends[step] = clock;
      add(list, step, clock - starts[step]);
      for (var left : leaving) {
        add(queue, left, arrivals[left.number], starts, ends, clock);
      }
    }
    endNanos = Math.max(endNanos, clock);
  }

  private static long tokens(RequestQueue queue, int[] order) {
    long tokens = 0;
    for (int request : order) {
      tokens += queue.tokens(request);
    }
    return tokens;
  }

  private void add(StepList list, int step, long nanos) {
    tokenNanos = Math.addExact(tokenNanos, Math.multiplyExact(nanos, list.decode(step)));
    tokens += list.decode(step);
    steps++;
  }

  private void add(
      RequestQueue queue, Passenger left, long arrival, long[] starts, long[] ends, long now) {
    boolean prompt = queue.prefill(left.request) > 0;
    long decoding = prompt ? ends[left.firstTokenStep] : starts[left.joinStep];
    times.add(
        now - arrival,
        prompt ? ends[left.firstTokenStep] - arrival : -1,
        now - decoding,
        queue.decode(left.request));
  }

  /** What requests had to wait for. */
  public RequestTimes times() {
    return times;
  }

  /** Steps that took place. */
  public long steps() {
    return steps;
  }

  /** Tokens decoded. */
  public long tokens() {
    return tokens;
  }

  /** Mean time of a step as decoded tokens see it, in nanoseconds. */
  public double meanNanos() {
    return (double) tokenNanos / tokens;
  }

  /** Nanoseconds from the start to the last token of the last group. */
  public long endNanos() {
    return endNanos;
  }
}
