package coterie.planner.replay;

import coterie.planner.model.TokenBatches;

/** Prices steps of one layer and sums them up. */
public final class StepReplay {

  private StepReplay() {}

  /** Prices all steps. */
  public static StepSummary price(StepPricer pricer, TokenBatches batches) {
    var placed = pricer.place(batches);
    return price(pricer, placed, 0, placed.size());
  }

  /**
   * Prices steps {@code [from, to)}; summaries of ranges add up to that of all steps.
   *
   * @param batches as {@link StepPricer#place} gives them
   */
  public static StepSummary price(StepPricer pricer, TokenBatches batches, int from, int to) {
    var summary = new StepSummary();
    var time = pricer.newTime();
    for (int step = from; step < to; step++) {
      pricer.price(batches, step, time);
      summary.add(time, batches.weight(step));
    }
    return summary;
  }
}
