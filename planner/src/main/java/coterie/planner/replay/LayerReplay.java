package coterie.planner.replay;

import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import coterie.planner.profile.MoeTime;
import coterie.planner.routing.GpuLoad;
import coterie.planner.routing.Router;
import coterie.planner.routing.RouterRule;

/**
 * Prices drawn steps of one layer under a finished placement.
 *
 * <p>Shares no code with the objectives that a search minimises, so that a wrong delta there shows
 * up here. O(tokens * top-k) a step plus the router.
 */
public final class LayerReplay {

  private LayerReplay() {}

  /**
   * Routes and prices every step by a rule.
   *
   * @param batches drawn steps; put on ranks here if the rule asks for them
   */
  public static StepStatistics price(
      Placement placement, RouterRule rule, MoeTime time, TokenBatches batches) {
    int gpus = placement.cluster().gpus();
    var placed = rule.attention().place(batches, gpus);
    return price(rule.create(placement, time.pairsPerCopy()), gpus, time, placed);
  }

  /** Routes and prices every step by a router. */
  public static StepStatistics price(Router router, int gpus, MoeTime time, TokenBatches batches) {
    var load = new GpuLoad(gpus);
    double weight = 0;
    double experts = 0;
    double expertsSquared = 0;
    double seconds = 0;
    for (int step = 0; step < batches.size(); step++) {
      router.route(batches, step, load);
      double share = batches.weight(step);
      int most = load.mostCopies();
      weight += share;
      experts += share * most;
      expertsSquared += share * most * most;
      seconds += share * time.seconds(load);
    }
    double mean = experts / weight;
    double variance = Math.max(0, expertsSquared / weight - mean * mean);
    double error = batches.exhaustive() ? 0 : Math.sqrt(variance / Math.max(1, batches.size() - 1));
    return new StepStatistics(mean, error, seconds / weight, batches.size());
  }
}
