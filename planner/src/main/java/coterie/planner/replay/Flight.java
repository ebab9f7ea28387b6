package coterie.planner.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests in flight: puts together the next step.
 *
 * <p>A request whose prompt is done adds its next token to every step. Prompts share a number of
 * tokens a step, the oldest request first, and stand behind the decoded tokens. A request has its
 * first token when its prompt is done, and decodes from the next step on.
 */
final class Flight {

  /** A request on its way. */
  static final class Passenger {
    final int request;

    /** How many joined before it. */
    final int number;

    final int joinStep;
    int firstTokenStep = -1;
    private int done;

    private Passenger(int request, int number, int joinStep) {
      this.request = request;
      this.number = number;
      this.joinStep = joinStep;
    }
  }

  private final RequestQueue queue;
  private final int chunkTokens;
  private final List<Passenger> passengers = new ArrayList<>();

  /**
   * An empty flight.
   *
   * @param chunkTokens most tokens of prompts in a step, at least 1
   */
  Flight(RequestQueue queue, int chunkTokens) {
    this.queue = queue;
    this.chunkTokens = chunkTokens;
  }

  int size() {
    return passengers.size();
  }

  /**
   * Takes a request in.
   *
   * @param number how many joined before it
   * @param step the first that it takes part in
   */
  void join(int request, int number, int step) {
    passengers.add(new Passenger(request, number, step));
  }

  /**
   * Adds the next step to a list.
   *
   * @return who has no more tokens and has left, in the order of joining
   */
  List<Passenger> step(StepList steps) {
    int step = steps.size();
    for (var passenger : passengers) {
      if (passenger.done >= queue.prefill(passenger.request)) {
        steps.add(queue.first(passenger.request) + passenger.done);
      }
    }
    int prefill = prompts(steps);
    steps.end(prefill);
    return advance(step);
  }

  private int prompts(StepList steps) {
    int added = 0;
    for (var passenger : passengers) {
      int left = queue.prefill(passenger.request) - passenger.done;
      for (int i = 0; i < left && added < chunkTokens; i++, added++) {
        steps.add(queue.first(passenger.request) + passenger.done + i);
      }
    }
    return added;
  }

  private List<Passenger> advance(int step) {
    int chunkLeft = chunkTokens;
    var leaving = new ArrayList<Passenger>();
    for (var passenger : passengers) {
      int left = queue.prefill(passenger.request) - passenger.done;
      if (left > 0) {
        int part = Math.min(left, chunkLeft);
        chunkLeft -= part;
        passenger.done += part;
        passenger.firstTokenStep = part == left ? step : -1;
      } else {
        passenger.firstTokenStep = passenger.firstTokenStep < 0 ? step : passenger.firstTokenStep;
        passenger.done++;
      }
      if (passenger.done == queue.tokens(passenger.request)) {
        leaving.add(passenger);
      }
    }
    passengers.removeAll(leaving);
    return leaving;
  }
}
