package coterie.jobs.plan;

import coterie.jobs.lake.Selection;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.routing.RouterRule;
import java.util.List;

/**
 * What to plan.
 *
 * @param data what to plan on
 * @param countsOnly those of its data sets of which only loads are known; then a plan has no cost
 * @param batches tokens a step that will be served, each with the same share of the cost
 * @param router the rule that the plan will be served under
 * @param stepsPerBatch steps drawn for each batch size above 1
 * @param proposals moves tried in each layer
 */
public record PlanRequest(
    String name,
    Selection data,
    List<String> countsOnly,
    Cluster cluster,
    List<Integer> batches,
    PlannerKind planner,
    RouterRule router,
    int stepsPerBatch,
    long proposals,
    long seed) {

  public PlanRequest {
    countsOnly = List.copyOf(countsOnly);
    batches = List.copyOf(batches);
  }

  /** The same on other slots. */
  public PlanRequest withCluster(Cluster other) {
    return new PlanRequest(
        name, data, countsOnly, other, batches, planner, router, stepsPerBatch, proposals, seed);
  }
}
