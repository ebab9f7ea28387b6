package coterie.jobs.report;

import coterie.jobs.plan.Plan;
import coterie.planner.algorithm.PlannerKind;
import java.util.List;
import java.util.stream.Collectors;

/** The command that makes a plan of the same kind again. */
final class PlanCommandLine {

  private PlanCommandLine() {}

  /** A command line; empty if the plan came from elsewhere. Goals with limits are not in it. */
  static String of(Plan.Header header) {
    var cluster = header.cluster();
    boolean ours = PlannerKind.find(header.planner()).isPresent();
    if (!ours || !cluster.even() || cluster.nodes() > 1) {
      return "";
    }
    return ("coterie plan --model %s --revision %s --datasets %s --phase %s --gpus %d"
            + " --slots-per-gpu %d --batch %s --planner %s --router %s --seed %d --steps %d"
            + " --proposals %d --name %s")
        .formatted(
            quoted(header.model()),
            quoted(header.revision()),
            header.datasets().stream()
                .map(PlanCommandLine::quoted)
                .collect(Collectors.joining(",")),
            header.phase(),
            cluster.gpus(),
            cluster.slotsPerGpu(),
            joined(header.batches()),
            header.planner(),
            header.router(),
            header.seed(),
            header.stepsPerBatch(),
            header.proposals(),
            header.name());
  }

  private static String joined(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** As a shell reads it back. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9._/:@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
