package coterie.jobs.command;

import coterie.jobs.simulate.LoopKind;
import coterie.jobs.simulate.LoopOutcome.Percentiles;
import coterie.jobs.simulate.LoopRequest;
import coterie.jobs.simulate.LoopResults;
import coterie.jobs.simulate.LoopResults.Line;
import coterie.jobs.text.TextTable;
import coterie.planner.model.Attention;
import coterie.planner.replay.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Replays for people: what each layout costs, what it saves, and what requests saw of it. */
final class LoopTable {

  private static final double MICROS = 1e6;

  private LoopTable() {}

  static String render(LoopRequest request, List<Line> lines) {
    var text = new StringBuilder();
    var groups =
        lines.stream()
            .collect(Collectors.groupingBy(Line::group, LinkedHashMap::new, Collectors.toList()));
    groups.forEach(
        (group, own) -> {
          text.append(title(request, group)).append('\n').append(costs(request, own).render());
          if (request.kind() != LoopKind.TOKEN) {
            text.append(service(request, own).render());
          }
          text.append('\n');
        });
    return text + legend(request);
  }

  private static String title(LoopRequest request, LoopResults.Group group) {
    var load =
        switch (request.kind()) {
          case CLOSED -> "%,d in flight".formatted(group.inFlight());
          case OPEN ->
              "%.3g requests/s, at most %,d in flight"
                  .formatted(request.arrivalsPerSecond(), group.inFlight());
          case TOKEN -> "batches of %,d tokens".formatted(group.inFlight());
        };
    var groups = group.groups() == 1 ? "" : "%d groups of ".formatted(group.groups());
    var allocator = group.groups() == 1 ? "" : ", requests " + group.allocator();
    return "%s%d GPUs, %s%s%n  router %s, %s attention, %s"
        .formatted(
            groups,
            group.gpus(),
            load,
            allocator,
            group.router().label(),
            LoopResults.words(group.router().attention()),
            request.profiles().get(group.profile()).name());
  }

  private static TextTable costs(LoopRequest request, List<Line> lines) {
    var table =
        new TextTable(
            "plan",
            "slots",
            "TPOT us",
            "+-",
            "MoE us",
            "copies",
            "least",
            "over EPLB",
            "over best");
    int layers = request.model().moeLayers().size();
    for (var line : lines) {
      var totals = line.outcome().totals();
      table.row(
          line.contender().name(),
          line.contender().sharded() ? "-" : "" + line.contender().slotsPerGpu(),
          "%,.1f".formatted(MICROS * line.tpot().value()),
          Double.isNaN(line.tpot().half()) ? "-" : "%,.1f".formatted(MICROS * line.tpot().half()),
          "%,.1f".formatted(layers * totals.meanMoeNanos() / 1e3),
          "%.3f".formatted(totals.meanMostCopies()),
          line.contender().sharded() ? "-" : "%.3f".formatted(totals.meanCertificate()),
          saved(line.savedOverEplb()),
          saved(line.savedOverBest()));
    }
    return table;
  }

  private static String saved(Optional<Interval> saved) {
    return saved.map(LoopTable::percent).orElse("-");
  }

  /** A share in percent, and its interval. */
  static String percent(Interval saved) {
    return Double.isNaN(saved.low())
        ? "%+.1f %%".formatted(100 * saved.value())
        : "%+.1f +-%.1f %%".formatted(100 * saved.value(), 100 * saved.half());
  }

  private static TextTable service(LoopRequest request, List<Line> lines) {
    boolean prompts = request.requests().queue().hasPrefill();
    var table =
        new TextTable(
            "plan",
            "tokens/s",
            "a GPU",
            "TPOT us p50/p95/p99",
            "latency s p50/p95/p99",
            prompts ? "TTFT ms p50/p95/p99" : "imbalance");
    for (var line : lines) {
      var outcome = line.outcome();
      int gpus = line.group().gpus() * line.group().groups();
      table.row(
          line.contender().name(),
          "%,.0f".formatted(outcome.tokensPerSecond()),
          "%,.0f".formatted(outcome.tokensPerSecond() / gpus),
          percentiles(outcome.tpot(), MICROS, "%,.0f"),
          percentiles(outcome.latency(), 1, "%.3f"),
          prompts
              ? percentiles(outcome.ttft(), 1e3, "%.1f")
              : "%.3f".formatted(outcome.totals().imbalance()));
    }
    return table;
  }

  private static String percentiles(Percentiles values, double unit, String format) {
    return (format + "/" + format + "/" + format)
        .formatted(unit * values.p50(), unit * values.p95(), unit * values.p99());
  }

  private static String legend(LoopRequest request) {
    var text =
        new StringBuilder(
            """
              TPOT      mean step of all layers; +-: half of the 95 % interval over requests
              MoE us    its routed experts; copies: distinct copies on the busiest GPU, least: the
                        mean of distinct experts over GPUs, rounded up: no placement is below
              over EPLB share of TPOT saved (-: lost) against EPLB without spares, with half of
                        its interval
              over best the same against the better of that and TP, TP x EP, whose experts leave
                        no spares
            """);
    boolean measured =
        request.profiles().stream().allMatch(profile -> profile.attention().measured())
            && request.scenarios().stream()
                .allMatch(s -> s.router().attention() == Attention.DATA_PARALLEL);
    if (!measured) {
      text.append("  attention is assumed, not measured: read MoE us by itself\n");
    }
    if (request.groups() > 1) {
      text.append(
          "  moving a request between ranks of one group leaves the union of its step as it is\n");
    }
    return text.toString();
  }
}
