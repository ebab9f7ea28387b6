package coterie.jobs.scenario;

import coterie.planner.replay.StepSummary;

/**
 * What one contender costs in a scenario, mean over layers and steps.
 *
 * @param batch tokens of a step
 * @param attention and router, as tables show them
 * @param plan planner, or how experts are sharded
 * @param slots of each GPU; 0 where experts are sharded
 * @param summary what it took
 */
public record ScenarioRow(
    int batch, String attention, String router, String plan, int slots, StepSummary summary) {

  /** Share of a time that is saved against another, of the other. */
  public double gainOver(ScenarioRow other) {
    return 1 - summary.meanNanos() / other.summary.meanNanos();
  }
}
