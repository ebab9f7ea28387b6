package coterie.jobs.simulate;

import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.routing.RouterRule;
import java.util.List;

/**
 * What to judge.
 *
 * @param data what to judge on
 * @param stepsPerBatch steps drawn for each layer and batch size above 1
 */
public record SimulateRequest(
    List<Plan> plans,
    Selection data,
    List<Integer> batches,
    List<RouterRule> routers,
    HardwareProfile hardware,
    int stepsPerBatch,
    long seed) {

  public SimulateRequest {
    plans = List.copyOf(plans);
    batches = List.copyOf(batches);
    routers = List.copyOf(routers);
  }
}
