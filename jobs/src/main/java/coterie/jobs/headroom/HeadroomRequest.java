package coterie.jobs.headroom;

import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Cluster;
import coterie.planner.profile.HardwareProfile;
import java.util.List;
import java.util.Optional;

/**
 * What to look into.
 *
 * @param current the plan in use; contiguous if empty
 * @param steps steps drawn for each layer and batch size above 1
 * @param proposals moves that the plan is searched with
 * @param iterations of each certificate's ascent
 */
public record HeadroomRequest(
    Selection data,
    Cluster cluster,
    Optional<Plan> current,
    List<Integer> batches,
    HardwareProfile hardware,
    int steps,
    long proposals,
    int iterations,
    long seed) {

  public HeadroomRequest {
    batches = List.copyOf(batches);
  }
}
