package coterie.planner.algorithm;

/** Places the experts of one layer. Deterministic: the same problem gives the same answer. */
public interface Planner {

  /** Answers the problem; an impossible one gets an {@link PlanningOutcome.Infeasible}. */
  PlanningOutcome plan(LayerProblem problem);
}
