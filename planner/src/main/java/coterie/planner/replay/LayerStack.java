package coterie.planner.replay;

import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import java.util.List;

/** All layers of a model, priced step by step; what a replay in an open loop asks for its times. */
public final class LayerStack implements OpenLoop.StepCost {

  private final List<TokenSets> sets;
  private final List<StepPricer> pricers;
  private final LoopTotals totals = new LoopTotals();

  /**
   * A stack.
   *
   * @param sets of each layer, one for each token
   * @param pricers of each layer
   */
  public LayerStack(List<TokenSets> sets, List<StepPricer> pricers) {
    if (sets.isEmpty() || sets.size() != pricers.size()) {
      throw new IllegalArgumentException(
          "%d layers of tokens, %d pricers: cannot be".formatted(sets.size(), pricers.size()));
    }
    this.sets = List.copyOf(sets);
    this.pricers = List.copyOf(pricers);
  }

  @Override
  public long nanos(StepList steps, int step) {
    var picks = new int[steps.tokens(step)];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = steps.token(step, i);
    }
    long nanos = 0;
    for (int layer = 0; layer < pricers.size(); layer++) {
      var pricer = pricers.get(layer);
      var time = pricer.newTime();
      var placed = pricer.place(TokenBatches.of(sets.get(layer), picks.length, picks));
      pricer.price(placed, step % placed.size(), steps.prefill(step), time);
      totals.add(time);
      nanos += time.totalNanos();
    }
    return nanos;
  }

  /** Sums over all that was priced. */
  public LoopTotals totals() {
    return totals;
  }
}
