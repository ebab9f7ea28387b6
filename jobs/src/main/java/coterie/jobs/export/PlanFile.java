package coterie.jobs.export;

import coterie.jobs.plan.Plan;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan file holds, before anything but its form has been checked: GPUs may hold an expert
 * twice, or experts may be missing.
 *
 * @param header what the plan was made from, where the format has room for it
 * @param layers by hidden-layer id, for each GPU the experts of its slots
 */
public record PlanFile(
    Optional<Plan.Header> header, SortedMap<Integer, List<List<Integer>>> layers) {

  public PlanFile {
    layers = new TreeMap<>(layers);
  }

  static PlanFile of(SortedMap<Integer, List<List<Integer>>> layers) {
    return new PlanFile(Optional.empty(), layers);
  }
}
