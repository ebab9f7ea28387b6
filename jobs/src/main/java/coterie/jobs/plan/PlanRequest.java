package coterie.jobs.plan;

import coterie.jobs.lake.Selection;
import coterie.planner.algorithm.Goal;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.routing.RouterRule;
import java.util.List;
import java.util.Optional;

/**
 * What to plan.
 *
 * @param data what to plan on
 * @param countsOnly those of its data sets of which only loads are known; then a plan has no cost
 * @param goal batch sizes that will be served and limits
 * @param alike true if every data set has the same share, false if every token has
 * @param current the plan in use
 * @param router the rule that the plan will be served under
 * @param stepsPerBatch steps drawn for each batch size above 1
 * @param proposals moves tried in each layer
 * @param starts searches of each layer, of which the best counts
 */
public record PlanRequest(
    String name,
    Selection data,
    List<String> countsOnly,
    Cluster cluster,
    Goal goal,
    boolean alike,
    Optional<Plan> current,
    PlannerKind planner,
    RouterRule router,
    int stepsPerBatch,
    long proposals,
    int starts,
    long seed) {

  public PlanRequest {
    countsOnly = List.copyOf(countsOnly);
  }

  /** Distinct experts alone, whatever is in use. */
  public PlanRequest(
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
    this(
        name,
        data,
        countsOnly,
        cluster,
        Goal.ofBatches(batches),
        false,
        Optional.empty(),
        planner,
        router,
        stepsPerBatch,
        proposals,
        1,
        seed);
  }

  /** Tokens a step that will be served. */
  public List<Integer> batches() {
    return goal.batches();
  }

  /** The same on other slots. */
  public PlanRequest withCluster(Cluster other) {
    return new PlanRequest(
        name,
        data,
        countsOnly,
        other,
        goal,
        alike,
        current,
        planner,
        router,
        stepsPerBatch,
        proposals,
        starts,
        seed);
  }
}
