package coterie.planner.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * Which tokens each step of a group of GPUs runs, and when each request came and went; times are
 * not known yet.
 *
 * @param steps in order
 * @param stays of the requests that count, in the order of leaving
 */
public record LoopSchedule(StepList steps, List<Stay> stays) {

  public LoopSchedule {
    stays = List.copyOf(stays);
  }

  /**
   * A request's time in flight.
   *
   * @param joinStep the first step that it was in flight
   * @param firstTokenStep the step that gave its first token
   * @param lastStep the step that gave its last one
   */
  public record Stay(int request, int joinStep, int firstTokenStep, int lastStep) {}

  /**
   * Closed loop: as many requests are always in flight; when one leaves, the next one joins.
   *
   * <p>The order begins anew when it is used up, so that the flight stays full until the last
   * request of the first round has left; those of later rounds keep it company and do not count as
   * requests. No time enters, so the schedule is the same whatever steps take. O(tokens).
   *
   * @param order requests, the first to join first; not empty
   * @param inFlight requests at a time, at least 1
   * @param chunkTokens most tokens of prompts in a step
   */
  public static LoopSchedule closed(
      RequestQueue queue, int[] order, int inFlight, int chunkTokens) {
    var steps = new StepList();
    var stays = new ArrayList<Stay>();
    var flight = new Flight(queue, chunkTokens);
    int next = 0;
    while (stays.size() < order.length) {
      for (; flight.size() < inFlight; next++) {
        flight.join(order[next % order.length], next, steps.size());
      }
      int step = steps.size();
      for (var left : flight.step(steps)) {
        if (left.number < order.length) {
          stays.add(new Stay(left.request, left.joinStep, left.firstTokenStep, step));
        }
      }
    }
    return new LoopSchedule(steps, stays);
  }
}
