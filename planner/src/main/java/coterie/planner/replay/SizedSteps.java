package coterie.planner.replay;

import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a list in one layer, those of a size together, so that a router prepares once for
 * each size; made once for all plans and routers that are priced on them.
 */
public final class SizedSteps {

  /** Steps as many tokens long, as many of them of prompts. */
  private record Size(int tokens, int prefill) {}

  /** Some steps of a size. */
  private static final class Group {
    private final int[] stepOf;
    private final TokenBatches batches;
    private final int prefill;

    Group(int[] stepOf, TokenBatches batches, int prefill) {
      this.stepOf = stepOf;
      this.batches = batches;
      this.prefill = prefill;
    }
  }

  /** Takes a priced step. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Takes a step.
     *
     * @param step its place in the list
     * @param time reused for the next step
     */
    void accept(int step, StepTime time);
  }

  private final List<Group> groups = new ArrayList<>();

  /**
   * Sorts steps by size.
   *
   * @param sets one for each token of the layer
   */
  public SizedSteps(TokenSets sets, StepList steps) {
    Map<Size, List<Integer>> bySize = new LinkedHashMap<>();
    for (int step = 0; step < steps.size(); step++) {
      var size = new Size(steps.tokens(step), steps.prefill(step));
      bySize.computeIfAbsent(size, unused -> new ArrayList<>()).add(step);
    }
    bySize.forEach((size, own) -> groups.add(group(sets, steps, size, own)));
  }

  private static Group group(TokenSets sets, StepList steps, Size size, List<Integer> own) {
    var stepOf = own.stream().mapToInt(Integer::intValue).toArray();
    var picks = new int[Math.multiplyExact(stepOf.length, size.tokens())];
    int at = 0;
    for (int step : stepOf) {
      for (int i = 0; i < size.tokens(); i++) {
        picks[at++] = steps.token(step, i);
      }
    }
    return new Group(stepOf, TokenBatches.of(sets, size.tokens(), picks), size.prefill());
  }

  /** Prices every step once; not in the order of the list. */
  public void price(StepPricer pricer, Sink sink) {
    var time = pricer.newTime();
    for (var group : groups) {
      var placed = pricer.place(group.batches);
      // A batch of one stands there once for each rank: the steps take turns.
      int repeats = placed.size() / group.stepOf.length;
      for (int i = 0; i < group.stepOf.length; i++) {
        pricer.price(placed, i * repeats + i % repeats, group.prefill, time);
        sink.accept(group.stepOf[i], time);
      }
    }
  }
}
