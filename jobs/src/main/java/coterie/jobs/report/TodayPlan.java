package coterie.jobs.report;

import coterie.ingest.error.UserError;
import coterie.jobs.export.PlanImport;
import coterie.jobs.plan.Plan;
import coterie.planner.algorithm.PlannerKind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the plan that others are held against. */
final class TodayPlan {

  private TodayPlan() {}

  /**
   * The plan in use: the one named; else one imported from an engine, since that is what runs; else
   * EPLB's with the fewest slots, which engines make of themselves; else the contiguous one.
   *
   * @throws UserError if a plan is named that is not among them
   */
  static Optional<Plan> among(List<Plan> plans, Optional<String> name) {
    if (name.isPresent()) {
      return Optional.of(named(plans, name.get()));
    }
    return Stream.of(PlanImport.UNKNOWN, PlannerKind.EPLB.label(), PlannerKind.CONTIGUOUS.label())
        .flatMap(planner -> fewestSlots(plans, planner).stream())
        .findFirst();
  }

  private static Plan named(List<Plan> plans, String name) {
    return plans.stream()
        .filter(plan -> plan.header().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.usage(
                    "--today '%s' is not among the plans judged last".formatted(name),
                    plans.isEmpty()
                        ? "coterie simulate --plans %s,.. judges it".formatted(name)
                        : "simulate it with the others, or give one of: "
                            + String.join(
                                ", ", plans.stream().map(plan -> plan.header().name()).toList())));
  }

  private static Optional<Plan> fewestSlots(List<Plan> plans, String planner) {
    return plans.stream()
        .filter(plan -> plan.header().planner().equals(planner))
        .min(Comparator.comparingInt(plan -> plan.header().cluster().slots()));
  }
}
