package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.AffinitySearch;
import coterie.planner.search.Cooling;
import java.util.Locale;
import java.util.Optional;

/**
 * Experts that act together on the same GPU, so that a token reaches few GPUs, as far as a limit on
 * token imbalance lets them.
 *
 * <p>The aim of affinity planners (ExFlow, arXiv 2401.08383; GRACE-MoE, arXiv 2509.25041), which
 * group by spectral clustering or an ILP and mend the balance afterwards. Here the balance comes
 * first ({@link LoadBalance}) and is never given up: {@link AffinitySearch} moves within the limit.
 */
final class Affinity {

  /**
   * The limit where the goal states none: tokens of the busiest GPU over the mean. Where the load
   * cannot be balanced so well, the balance reached takes its place.
   */
  static final double DEFAULT_IMBALANCE = 1.05;

  private static final long START = 21;
  private static final long MOVES = 22;

  /** In distinct GPUs a token; a swap of two experts changes some hundredths. */
  private static final Cooling COOLING = new Cooling(6e-3, 1e-3);

  private Affinity() {}

  static int[] slots(LayerProblem problem) {
    var price = price(problem.goal().prices());
    var start = start(problem);
    return AffinitySearch.improve(
            start,
            problem.tokens(),
            price,
            problem.data().stream().map(data -> data.tokens().expertLoad()).toList(),
            limit(problem, start),
            COOLING.times(price.perGpu() + price.perNode()),
            problem.budget(),
            problem.random(MOVES, 0))
        .toArray();
  }

  /** Why the limit of the goal cannot be kept; empty if it can, or if there is none. */
  static Optional<PlanningOutcome.Infeasible> obstacle(LayerProblem problem) {
    if (problem.goal().mostImbalance().isEmpty()) {
      return Optional.empty();
    }
    double limit = problem.goal().mostImbalance().getAsDouble();
    var start = start(problem);
    for (var data : problem.data()) {
      double imbalance = EvenSplit.imbalance(start, data.tokens().expertLoad());
      if (imbalance > limit) {
        return Optional.of(
            new PlanningOutcome.Infeasible(
                String.format(
                    Locale.ROOT,
                    "layer %d: imbalance on data set '%s' is limited to %.4f, the best balanced"
                        + " placement found has %.4f",
                    problem.layer(),
                    data.name(),
                    limit,
                    imbalance),
                "allow as much, or give the GPUs more slots for replicas"));
      }
    }
    return Optional.empty();
  }

  private static Placement start(LayerProblem problem) {
    var load = problem.tokens().expertLoad();
    return Placement.of(
        problem.cluster(),
        problem.experts(),
        LoadBalance.flat(problem.cluster(), load, problem.budget(), problem.random(START, 0)));
  }

  private static double limit(LayerProblem problem, Placement start) {
    double reached = DEFAULT_IMBALANCE;
    for (var data : problem.data()) {
      reached = Math.max(reached, EvenSplit.imbalance(start, data.tokens().expertLoad()));
    }
    return problem.goal().mostImbalance().orElse(reached);
  }

  private static TrafficPrice price(Prices prices) {
    return prices.weighTraffic()
        ? new TrafficPrice(prices.gpusPerToken(), prices.nodesPerToken())
        : TrafficPrice.GPUS;
  }
}
