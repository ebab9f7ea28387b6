package coterie.jobs.simulate;

import coterie.jobs.simulate.LoopResults.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a sweep is made for: the front, the best within a latency, the cheapest that is enough. */
public final class SweepAnswers {

  /** A budget is enough if it brings this share of what the largest gain is. */
  private static final double ENOUGH = 0.95;

  private SweepAnswers() {}

  /** Tokens a second of a GPU. */
  public static double perGpu(Line line) {
    return line.outcome().tokensPerSecond() / (line.group().gpus() * line.group().groups());
  }

  private static double tpot(Line line) {
    return line.outcome().tpotSeconds();
  }

  /**
   * Configurations that no other one beats in both TPOT and tokens a second of a GPU, the fastest
   * first. Of equals the first counts.
   */
  public static List<Line> front(List<Line> lines) {
    var sorted =
        lines.stream()
            .sorted(
                Comparator.comparingDouble(SweepAnswers::tpot)
                    .thenComparing(Comparator.comparingDouble(SweepAnswers::perGpu).reversed()))
            .toList();
    var front = new ArrayList<Line>();
    double most = 0;
    for (var line : sorted) {
      if (perGpu(line) > most) {
        most = perGpu(line);
        front.add(line);
      }
    }
    return front;
  }

  /** The configuration with most tokens a second of a GPU among those within a TPOT. */
  public static Optional<Line> best(List<Line> lines, double mostTpotSeconds) {
    return lines.stream()
        .filter(line -> tpot(line) <= mostTpotSeconds)
        .max(Comparator.comparingDouble(SweepAnswers::perGpu));
  }

  /** The configuration with the lowest TPOT. */
  public static Line fastest(List<Line> lines) {
    return lines.stream().min(Comparator.comparingDouble(SweepAnswers::tpot)).orElseThrow();
  }

  /**
   * Spare slots of one comparison.
   *
   * @param largest the layout that saves most against EPLB without spares
   * @param cheapest the layout with the fewest slots that saves at least 95 % of that; empty if
   *     nothing saves anything
   */
  public record Budget(LoopResults.Group group, Line largest, Optional<Line> cheapest) {}

  /** The budget of each comparison, in their order. */
  public static List<Budget> budgets(List<Line> lines) {
    Map<LoopResults.Group, List<Line>> groups =
        lines.stream()
            .collect(Collectors.groupingBy(Line::group, LinkedHashMap::new, Collectors.toList()));
    return groups.entrySet().stream()
        .flatMap(entry -> budget(entry.getKey(), entry.getValue()).stream())
        .toList();
  }

  private static Optional<Budget> budget(LoopResults.Group group, List<Line> lines) {
    var plans = lines.stream().filter(line -> line.savedOverEplb().isPresent()).toList();
    plans = plans.stream().filter(line -> !line.contender().sharded()).toList();
    if (plans.isEmpty()) {
      return Optional.empty();
    }
    var largest = plans.stream().max(Comparator.comparingDouble(SweepAnswers::saved)).orElseThrow();
    var enough =
        plans.stream()
            .filter(line -> saved(line) > 0 && saved(line) >= ENOUGH * saved(largest))
            .min(
                Comparator.<Line>comparingInt(line -> line.contender().slotsPerGpu())
                    .thenComparing(Comparator.comparingDouble(SweepAnswers::saved).reversed()));
    return Optional.of(new Budget(group, largest, enough));
  }

  private static double saved(Line line) {
    return line.savedOverEplb().orElseThrow().value();
  }
}
