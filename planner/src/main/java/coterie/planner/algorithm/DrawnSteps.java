package coterie.planner.algorithm;

import coterie.planner.model.Placement;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.objective.ChoiceCost;
import coterie.planner.objective.MovedSlots;
import coterie.planner.objective.PricedCosts;
import coterie.planner.objective.SearchCost;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.objective.UnionCost;
import coterie.planner.objective.WorstCost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps drawn from the data sets of a problem at its batch sizes: what a search sees of them.
 *
 * <p>Every data set gets its share of the steps, so that the whole costs as much to search as one
 * data set does.
 */
final class DrawnSteps {

  /** Steps of one batch size from one data set, and their weight in the cost. */
  record Part(int dataset, TokenBatches batches, double share) {}

  private final LayerProblem problem;
  private final List<Part> parts;

  private DrawnSteps(LayerProblem problem, List<Part> parts) {
    this.problem = problem;
    this.parts = parts;
  }

  /**
   * Draws.
   *
   * @param stepsPerBatch steps of each batch size above 1 over all data sets; at least one each
   * @param purpose keeps these random numbers apart from others of the problem
   */
  static DrawnSteps of(LayerProblem problem, int stepsPerBatch, long purpose) {
    var data = problem.data();
    var parts = new ArrayList<Part>();
    for (var batch : problem.goal().mix()) {
      var random = problem.random(purpose, batch.tokens());
      for (int i = 0; i < data.size(); i++) {
        var set = data.get(i);
        int steps = Math.max(1, stepsPerBatch / data.size());
        var batches = TokenBatches.draw(set.tokens(), batch.tokens(), steps, random);
        parts.add(new Part(i, batches, batch.share() * set.share()));
      }
    }
    return new DrawnSteps(problem, List.copyOf(parts));
  }

  /**
   * The cost of the problem's goal on these steps, ready to follow a search from {@code start}.
   *
   * <p>Without spares every rule does the same. With them, rules that pick one replica for the
   * whole batch are searched as if they were exact.
   */
  SearchCost cost(Placement start) {
    var terms = new ArrayList<PricedCosts.Term>();
    var prices = problem.goal().prices();
    if (prices.imbalance() > 0) {
      terms.add(new PricedCosts.Term(GoalLimits.imbalance(problem, start), prices.imbalance()));
    }
    if (prices.movedSlots() > 0 && problem.current().isPresent()) {
      var moved = new MovedSlots(start, problem.current().get());
      terms.add(new PricedCosts.Term(moved, prices.movedSlots()));
    }
    if (prices.weighTraffic()) {
      var price = new TrafficPrice(prices.gpusPerToken(), prices.nodesPerToken());
      terms.add(new PricedCosts.Term(TrafficCost.of(problem.tokens(), start, price), 1));
    }
    return terms.isEmpty() ? decode(start) : new PricedCosts(decode(start), terms);
  }

  /** Distinct experts on the busiest GPU alone. */
  private SearchCost decode(Placement start) {
    if (problem.goal().robustness() == Robustness.MEAN || problem.data().size() == 1) {
      return decode(parts, start);
    }
    return new WorstCost(
        IntStream.range(0, problem.data().size())
            .mapToObj(dataset -> parts.stream().filter(p -> p.dataset == dataset).toList())
            .map(own -> decode(own, start))
            .toList());
  }

  private SearchCost decode(List<Part> some, Placement start) {
    var shares = some.stream().mapToDouble(Part::share).toArray();
    if (problem.router().callByCall() && start.cluster().slots() > start.experts()) {
      return costByCalls(some, shares, start);
    }
    var unions = some.stream().map(part -> StepUnions.of(part.batches())).toList();
    return UnionCost.of(unions, shares, start);
  }

  private SearchCost costByCalls(List<Part> some, double[] shares, Placement start) {
    int gpus = start.cluster().gpus();
    var placed =
        some.stream()
            .map(part -> problem.router().attention().place(part.batches(), gpus))
            .toList();
    var largest = placed.stream().max(Comparator.comparingInt(TokenBatches::batch)).orElseThrow();
    var choice = problem.router().choice(start.cluster(), largest, problem.seed());
    return new ChoiceCost(placed, shares, choice.orElseThrow(), start);
  }
}
