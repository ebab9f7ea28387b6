package coterie.jobs.command;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.simulate.LoopRequest;
import coterie.jobs.simulate.LoopResults;
import coterie.jobs.simulate.LoopResults.Line;
import coterie.jobs.simulate.SweepAnswers;
import coterie.jobs.simulate.SweepAnswers.Budget;
import coterie.jobs.text.TextTable;
import java.util.HashSet;
import java.util.List;

/** A sweep for people: the front, and the answers to the two questions it is made for. */
final class SweepTable {

  private static final double MILLIS = 1e3;
  private static final double GIGA = 1e9;

  private final LoopRequest request;
  private final List<Line> lines;

  SweepTable(LoopRequest request, List<Line> lines) {
    this.request = request;
    this.lines = lines;
  }

  /**
   * The configurations, the fastest first.
   *
   * @param all false for those of the front alone
   */
  String configurations(boolean all) {
    var table =
        new TextTable(
            "front",
            "GPUs",
            "in flight",
            "plan",
            "slots",
            "TPOT ms",
            "tok/s/GPU",
            "over EPLB",
            "over best");
    var front = SweepAnswers.front(lines);
    var onFront = new HashSet<>(front);
    for (var line : all ? lines : front) {
      table.row(
          onFront.contains(line) ? "*" : "",
          "" + line.group().gpus(),
          "%,d".formatted(line.group().inFlight()),
          line.contender().name(),
          line.contender().sharded() ? "-" : "" + line.contender().slotsPerGpu(),
          "%.3f".formatted(MILLIS * line.outcome().tpotSeconds()),
          "%,.0f".formatted(SweepAnswers.perGpu(line)),
          line.savedOverEplb().map(LoopTable::percent).orElse("-"),
          line.savedOverBest().map(LoopTable::percent).orElse("-"));
    }
    return table.render();
  }

  /** The best within a latency. */
  String best(double tpotMillis) {
    var best = SweepAnswers.best(lines, tpotMillis / MILLIS);
    if (best.isEmpty()) {
      return "TPOT at most %s ms: none; the lowest is %.3f ms (%s)%n"
          .formatted(
              plain(tpotMillis),
              MILLIS * SweepAnswers.fastest(lines).outcome().tpotSeconds(),
              words(SweepAnswers.fastest(lines)));
    }
    return "TPOT at most %s ms: %s, %.3f ms, %,.0f tokens/s a GPU%n"
        .formatted(
            plain(tpotMillis),
            words(best.get()),
            MILLIS * best.get().outcome().tpotSeconds(),
            SweepAnswers.perGpu(best.get()));
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : "" + value;
  }

  private static String words(Line line) {
    return "%s on %d GPUs%s, %,d in flight"
        .formatted(
            line.contender().name(),
            line.group().gpus(),
            line.contender().sharded()
                ? ""
                : " x %d slots".formatted(line.contender().slotsPerGpu()),
            line.group().inFlight());
  }

  /** The cheapest spare slots of each number of GPUs and load. */
  String budgets() {
    var table =
        new TextTable(
            "GPUs", "in flight", "largest gain", "by", "95 % of it by", "slots", "spares take");
    for (var budget : SweepAnswers.budgets(lines)) {
      table.row(
          "" + budget.group().gpus(),
          "%,d".formatted(budget.group().inFlight()),
          LoopTable.percent(budget.largest().savedOverEplb().orElseThrow()),
          budget.largest().contender().name(),
          budget.cheapest().map(line -> line.contender().name()).orElse("nothing: no gain"),
          budget.cheapest().map(line -> "" + line.contender().slotsPerGpu()).orElse("-"),
          budget.cheapest().map(line -> memory(budget, line)).orElse("-"));
    }
    return table.render();
  }

  private String memory(Budget budget, Line line) {
    ModelGeometry model = request.model();
    int gpus = budget.group().gpus();
    int bare = (model.experts() + gpus - 1) / gpus;
    var size = model.size().orElseThrow();
    double bytes = 3.0 * size.hidden() * size.intermediate() * size.bytesPerWeight();
    double spares = line.contender().slotsPerGpu() - bare;
    return "%.2f GB a GPU".formatted(spares * bytes * model.moeLayers().size() / GIGA);
  }

  String legend() {
    var router = request.scenarios().get(0).router();
    return """
      front      no other configuration has lower TPOT and more tokens/s a GPU
      over EPLB  share of TPOT saved (-: lost) against EPLB without spares on as many GPUs, with
                 half of its 95 %% interval; over best: against the better of that and TP
      router %s (%s attention), %s
    """
            .formatted(
                router.label(),
                LoopResults.words(router.attention()),
                request.profiles().get(0).name())
            .stripTrailing()
        + "\n";
  }
}
