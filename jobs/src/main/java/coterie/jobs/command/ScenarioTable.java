package coterie.jobs.command;

import coterie.jobs.scenario.ScenarioBench;
import coterie.jobs.scenario.ScenarioRow;
import coterie.jobs.text.TextTable;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.replay.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** The outcome of a scenario as text. */
final class ScenarioTable {

  private static final double NANOS_PER_MICRO = 1e3;

  private ScenarioTable() {}

  static String render(ScenarioBench.Result result) {
    var table =
        new TextTable(
            "batch",
            "router",
            "attention",
            "plan",
            "slots",
            "experts",
            "MoE us",
            "layer us",
            "+-",
            "over EPLB",
            "over EPLB, same slots",
            "over better of EPLB, TP");
    var groups =
        result.rows().stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.batch() + " " + row.router() + " " + row.attention(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    var causes = new ArrayList<String>();
    var sharded = new HashSet<String>();
    for (var group : groups.values()) {
      var first = group.get(0);
      add(group, sharded.add(first.batch() + " " + first.attention()), table);
      causes.add(causes(plain(group)));
    }
    var text = new StringBuilder();
    text.append("Scenario %d: %s%n".formatted(result.number(), result.title()));
    text.append(table.render());
    causes.stream().distinct().forEach(line -> text.append("  ").append(line).append('\n'));
    result.memory().forEach(line -> text.append("  ").append(line).append('\n'));
    if (!result.attentionMeasured()) {
      text.append("  attention is assumed, not measured: read the MoE times by themselves\n");
    }
    if (!result.note().isEmpty()) {
      text.append("  ").append(result.note()).append('\n');
    }
    return text.toString();
  }

  /** EPLB without spares. */
  private static ScenarioRow plain(List<ScenarioRow> group) {
    int bare = group.stream().mapToInt(ScenarioRow::slots).filter(n -> n > 0).min().orElse(0);
    return group.stream()
        .filter(row -> row.plan().equals(PlannerKind.EPLB.label()) && row.slots() == bare)
        .findFirst()
        .orElseThrow();
  }

  /**
   * One batch size under one rule.
   *
   * @param showShards false where the rows of tensor shards, which know no rule, stand above
   */
  private static void add(List<ScenarioRow> group, boolean showShards, TextTable table) {
    var eplb = PlannerKind.EPLB.label();
    var plain = plain(group);
    var best =
        group.stream()
            .filter(row -> row.slots() == 0 || row.equals(plain))
            .min(Comparator.comparingDouble(row -> row.summary().meanNanos()))
            .orElse(plain);
    for (var row : group) {
      if (row.slots() == 0 && !showShards) {
        continue;
      }
      var same =
          group.stream()
              .filter(other -> other.plan().equals(eplb) && other.slots() == row.slots())
              .findFirst();
      table.row(
          "%,d".formatted(row.batch()),
          row.router(),
          row.attention(),
          row.plan(),
          row.slots() == 0 ? "-" : "" + row.slots(),
          "%.3f".formatted(row.summary().meanMostCopies()),
          micros(row.summary().meanMoeNanos()),
          micros(row.summary().meanNanos()),
          micros(row.summary().standardErrorNanos()),
          row.equals(plain) ? "-" : gain(row, plain),
          same.filter(other -> !other.equals(row)).map(other -> gain(row, other)).orElse("-"),
          row.equals(best) ? "- (best)" : gain(row, best));
    }
    table.gap();
  }

  private static String causes(ScenarioRow row) {
    var parts = new ArrayList<String>();
    for (var cause : Cause.values()) {
      if (row.summary().meanNanos(cause) != 0) {
        parts.add(cause.label() + " " + micros(row.summary().meanNanos(cause)));
      }
    }
    return "EPLB without spares, batch %,d, %s attention, us by cause: %s; %.1f distinct experts"
        .formatted(
            row.batch(),
            row.attention(),
            String.join(", ", parts),
            row.summary().meanDistinctExperts());
  }

  private static String micros(double nanos) {
    return "%.1f".formatted(nanos / NANOS_PER_MICRO);
  }

  private static String gain(ScenarioRow row, ScenarioRow over) {
    return "%+.1f %%".formatted(100 * row.gainOver(over));
  }

  static String legend() {
    return """
    experts   distinct expert copies on the busiest GPU (both halves with two-batch overlap)
    MoE us    time of the routed experts of a layer; layer us: with attention and communication
    +-        standard error of layer us over drawn steps
    over ...  share of TPOT that the plan saves (-: costs more) against EPLB without spares,
              against EPLB with as many slots, and against the better of EPLB without spares and
              the best tensor-sharded layout (TP, TP x EP), whose experts leave no spares
    """;
  }
}
