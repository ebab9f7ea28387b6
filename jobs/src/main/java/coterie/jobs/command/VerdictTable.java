package coterie.jobs.command;

import coterie.ingest.error.UserError;
import coterie.jobs.plan.Plan;
import coterie.jobs.simulate.Verdict;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.PlannerKind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Verdicts for people: grouped by router and batch size, with the gain over a baseline plan. */
final class VerdictTable {

  private final List<Plan.Header> plans;
  private final Optional<Plan.Header> baseline;

  /**
   * A table of some plans.
   *
   * @param baseline name of the plan that gains are over; if empty, the EPLB plan with the fewest
   *     slots, because that is what an engine has to beat without spending memory
   * @throws UserError if the baseline is not among the plans
   */
  VerdictTable(List<Plan> plans, String baseline) {
    this.plans = plans.stream().map(Plan::header).toList();
    if (baseline.isEmpty()) {
      this.baseline =
          this.plans.stream()
              .filter(plan -> plan.planner().equals(PlannerKind.EPLB.label()))
              .min(Comparator.comparingInt(plan -> plan.cluster().slots()));
    } else {
      this.baseline = this.plans.stream().filter(p -> p.name().equals(baseline)).findFirst();
      if (this.baseline.isEmpty()) {
        throw UserError.usage(
            "--baseline '%s' is not among the plans".formatted(baseline),
            "name it in --plans as well");
      }
    }
  }

  String render(List<Verdict> verdicts) {
    var table =
        new TextTable(
            "router",
            "batch",
            "plan",
            "slots",
            "cost",
            "+-",
            "certificate",
            "excess",
            "imbalance",
            "MoE us",
            "gain");
    String group = "";
    for (var verdict : sorted(verdicts)) {
      String next = verdict.router() + verdict.batch();
      if (!group.isEmpty() && !next.equals(group)) {
        table.gap();
      }
      group = next;
      table.row(cells(verdict, verdicts));
    }
    return table.render() + legend();
  }

  private static List<Verdict> sorted(List<Verdict> verdicts) {
    return verdicts.stream()
        .sorted(Comparator.comparing(Verdict::router).thenComparingInt(Verdict::batch))
        .toList();
  }

  private String[] cells(Verdict verdict, List<Verdict> all) {
    var plan =
        plans.stream().filter(p -> p.name().equals(verdict.plan())).findFirst().orElseThrow();
    return new String[] {
      verdict.router(),
      Integer.toString(verdict.batch()),
      verdict.plan(),
      Integer.toString(plan.cluster().slots()),
      "%.4f".formatted(verdict.experts()),
      "%.4f".formatted(verdict.standardError()),
      "%.4f".formatted(verdict.certificate()),
      "%.4f".formatted(verdict.excess()),
      "%.3f".formatted(verdict.imbalance()),
      Double.isNaN(verdict.moeSeconds()) ? "-" : "%.1f".formatted(1e6 * verdict.moeSeconds()),
      gain(verdict, all)
    };
  }

  private String gain(Verdict verdict, List<Verdict> all) {
    return all.stream()
        .filter(v -> baseline.isPresent() && v.plan().equals(baseline.get().name()))
        .filter(v -> v.batch() == verdict.batch() && v.router().equals(verdict.router()))
        .findFirst()
        .filter(base -> !base.plan().equals(verdict.plan()))
        .map(base -> "%+.1f %%".formatted(100 * (1 - verdict.experts() / base.experts())))
        .orElse("-");
  }

  private String legend() {
    return baseline
        .map(plan -> "  gain: fewer distinct experts than plan '%s'%n".formatted(plan.name()))
        .orElse("  no gain is shown: no eplb plan among them, and no --baseline%n".formatted());
  }
}
