package coterie.jobs.plan;

import coterie.jobs.lake.Selection;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import java.util.List;

/**
 * What to plan.
 *
 * @param data what to plan on
 * @param countsOnly those of its data sets of which only loads are known; then a plan has no cost
 * @param batches tokens a step that will be served, each with the same share of the cost
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
    int stepsPerBatch,
    long proposals,
    long seed) {

  public PlanRequest {
    countsOnly = List.copyOf(countsOnly);
    batches = List.copyOf(batches);
  }
}
