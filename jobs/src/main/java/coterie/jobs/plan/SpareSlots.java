package coterie.jobs.plan;

import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.RuleSearch;
import java.util.List;
import java.util.Optional;

/**
 * Whether to fill spare slots at all.
 *
 * <p>Engines want the same number of slots in every layer, and each must hold an expert. Under a
 * rule that spreads tokens over copies that can cost more than it brings. So the plan without
 * spares is made as well, both are priced on the same steps, which neither was searched on, and the
 * spares are left out if at any batch size the mean over layers is higher with them.
 */
public final class SpareSlots {

  private SpareSlots() {}

  /**
   * A plan, and what became of the spare slots.
   *
   * @param request what was planned in the end, perhaps on fewer slots
   * @param note for people: why slots were left out
   */
  public record Planned(PlanRequest request, List<PlannedLayer> layers, Optional<String> note) {

    public Planned {
      layers = List.copyOf(layers);
    }
  }

  /** Plans, and takes the spares back where they do harm. */
  public static Planned plan(PlanJob job, PlanRequest request) {
    var layers = job.run(request);
    int experts = request.data().model().experts();
    boolean asked =
        request.planner() == PlannerKind.LOCAL_SEARCH
            && request.router().callByCall()
            && request.cluster().slots() > experts;
    if (!asked) {
      return new Planned(request, layers, Optional.empty());
    }
    var bare = request.withCluster(RuleSearch.withoutSpares(request.cluster(), experts));
    if (bare.cluster().equals(request.cluster())) {
      return new Planned(request, layers, Optional.empty());
    }
    return choose(request, layers, bare, job.run(bare));
  }

  /** The plan with spares, or the bare one if it is better at any batch size. */
  public static Planned choose(
      PlanRequest request,
      List<PlannedLayer> layers,
      PlanRequest bare,
      List<PlannedLayer> bareLayers) {
    for (int i = 0; i < request.batches().size(); i++) {
      double with = mean(layers, i);
      double without = mean(bareLayers, i);
      if (with > without) {
        var note =
            ("  spare slots left out: at batch %d %s reads %.4f experts with them, %.4f without;%n"
                    + "  start the engine with %d slots")
                .formatted(
                    request.batches().get(i),
                    request.router().label(),
                    with,
                    without,
                    bare.cluster().slots());
        return new Planned(bare, bareLayers, Optional.of(note));
      }
    }
    return new Planned(request, layers, Optional.empty());
  }

  private static double mean(List<PlannedLayer> layers, int batch) {
    return layers.stream()
        .mapToDouble(layer -> layer.costs().get(batch).experts())
        .average()
        .orElseThrow();
  }
}
