package coterie.planner.search;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.GpuTokens;
import coterie.planner.objective.HostChange;
import coterie.planner.objective.SearchCost;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.ReplicaTable;
import java.util.List;

/**
 * Groups experts that act together, under a hard limit on the tokens of the busiest GPU.
 *
 * <p>Simulated annealing (Kirkpatrick, Gelatt, Vecchi, Science 1983) on {@link TrafficCost}: swaps,
 * and spare slots that go to another expert. A move beyond the limit is never made, which costs two
 * additions to see; only the others are priced. The temperature falls geometrically over the
 * budget.
 */
public final class AffinitySearch {

  /** Proposals between two looks at the stop signal. */
  private static final int LOOK_EVERY = 256;

  /** Draws for each proposal of the budget at most; those beyond the limit are not priced. */
  private static final long DRAWS = 20;

  /** Relative to the limit: what sums in another order may differ by. */
  private static final double ROUNDING = 1e-9;

  private final Placement start;
  private final Cluster cluster;
  private final TrafficCost traffic;

  /** One for each data set that the limit holds on, and what its busiest GPU may have. */
  private final List<GpuTokens> tokens;

  private final double[] limitTokens;
  private final ReplicaTable replicas;
  private final Cooling cooling;
  private final SeededRandom random;
  private final int[] slots;
  private final int[] best;
  private long bestTotal;
  private long priced;

  private AffinitySearch(
      Placement start,
      TokenSets sets,
      TrafficPrice price,
      List<double[]> expertLoads,
      double mostImbalance,
      Cooling cooling,
      SeededRandom random) {
    this.start = start;
    this.cluster = start.cluster();
    this.traffic = TrafficCost.of(sets, start, price);
    this.tokens = expertLoads.stream().map(load -> new GpuTokens(start, load)).toList();
    this.limitTokens =
        tokens.stream().mapToDouble(data -> data.mean() * mostImbalance * (1 + ROUNDING)).toArray();
    this.replicas = tokens.get(0).replicas();
    this.cooling = cooling;
    this.random = random;
    this.slots = start.toArray();
    this.best = start.toArray();
    this.bestTotal = traffic.total();
  }

  /**
   * The placement of least traffic met.
   *
   * @param start where to begin; the answer never has more traffic
   * @param expertLoads {@code [experts]} tokens of each expert, for each data set to be limited
   * @param mostImbalance tokens of the busiest GPU over the mean that no data set may exceed;
   *     {@code start} must keep it
   * @param cooling in units of the price a token
   * @param budget its proposals are those within the limit, which are priced
   */
  public static Placement improve(
      Placement start,
      TokenSets sets,
      TrafficPrice price,
      List<double[]> expertLoads,
      double mostImbalance,
      Cooling cooling,
      SearchBudget budget,
      SeededRandom random) {
    return new AffinitySearch(start, sets, price, expertLoads, mostImbalance, cooling, random)
        .run(budget);
  }

  private Placement run(SearchBudget budget) {
    boolean hasSpares = cluster.slots() > start.experts();
    for (long drawn = 0;
        priced < budget.proposals() && drawn < DRAWS * budget.proposals();
        drawn++) {
      if (drawn % LOOK_EVERY == 0 && budget.stop().getAsBoolean()) {
        break;
      }
      double progress = Math.max((double) priced, (double) drawn / DRAWS) / budget.proposals();
      double temperature = cooling.at(progress);
      if (hasSpares && (random.nextLong() & 1) == 0) {
        proposeReassignment(temperature);
      } else {
        proposeSwap(temperature);
      }
    }
    return Placement.of(cluster, start.experts(), best);
  }

  private void proposeSwap(double temperature) {
    int slotA = random.nextInt(slots.length);
    int slotB = random.nextInt(slots.length);
    int gpuA = cluster.gpuOf(slotA);
    int gpuB = cluster.gpuOf(slotB);
    int a = slots[slotA];
    int b = slots[slotB];
    if (gpuA == gpuB || a == b || replicas.holds(gpuA, b) || replicas.holds(gpuB, a)) {
      return;
    }
    if (swapKeepsLimits(a, gpuA, b, gpuB)
        && accept(HostChange.swap(a, gpuA, b, gpuB), temperature)) {
      slots[slotA] = b;
      slots[slotB] = a;
      keepIfBest();
    }
  }

  private boolean swapKeepsLimits(int a, int gpuA, int b, int gpuB) {
    for (int i = 0; i < limitTokens.length; i++) {
      var data = tokens.get(i);
      double given = data.share(a) - data.share(b);
      if (data.tokens(gpuA) - given > limitTokens[i]
          || data.tokens(gpuB) + given > limitTokens[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean keepsLimits(HostChange change) {
    for (int i = 0; i < limitTokens.length; i++) {
      if (tokens.get(i).mostOfChanged(change) > limitTokens[i]) {
        return false;
      }
    }
    return true;
  }

  private void proposeReassignment(double temperature) {
    int slot = random.nextInt(slots.length);
    int successor = random.nextInt(start.experts());
    int gpu = cluster.gpuOf(slot);
    int old = slots[slot];
    if (replicas.copies(old) < 2 || replicas.holds(gpu, successor)) {
      return;
    }
    var change = HostChange.reassign(old, successor, gpu);
    if (keepsLimits(change) && accept(change, temperature)) {
      slots[slot] = successor;
      keepIfBest();
    }
  }

  private boolean accept(HostChange change, double temperature) {
    priced++;
    double limit = -temperature * Math.log(1 - random.nextDouble());
    long limitUnits = (long) (limit * SearchCost.UNITS);
    if (traffic.delta(change, limitUnits) > limitUnits) {
      return false;
    }
    traffic.apply(change);
    tokens.forEach(data -> data.apply(change));
    return true;
  }

  private void keepIfBest() {
    if (traffic.total() < bestTotal) {
      bestTotal = traffic.total();
      System.arraycopy(slots, 0, best, 0, slots.length);
    }
  }
}
