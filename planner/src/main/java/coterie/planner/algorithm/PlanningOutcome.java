package coterie.planner.algorithm;

import coterie.planner.model.Placement;

/** What a planner answers: a placement, or why there cannot be one. */
public sealed interface PlanningOutcome {

  /** A sound placement. */
  record Planned(Placement placement) implements PlanningOutcome {}

  /**
   * No placement exists.
   *
   * @param reason the limit that is missed and by how much
   * @param advice what to change
   */
  record Infeasible(String reason, String advice) implements PlanningOutcome {}
}
