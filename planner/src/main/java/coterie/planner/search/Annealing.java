package coterie.planner.search;

import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.objective.HostChange;
import coterie.planner.objective.Limit;
import coterie.planner.objective.SearchCost;
import coterie.planner.routing.ReplicaTable;
import java.util.List;

/**
 * Joint replication and placement by simulated annealing on the expected maximum of distinct
 * experts.
 *
 * <p>Kirkpatrick, Gelatt, Vecchi, "Optimization by simulated annealing", Science 1983, with two
 * moves: exchange the experts of two slots on different GPUs, and give the slot of an expert that
 * has another copy to a different expert. So the choice of what to replicate and of where it lies
 * are one search. The acceptance threshold is drawn before a move is priced ({@code delta <= -T ln
 * u}), so that pricing can stop as soon as the move is known to fail. The temperature falls
 * geometrically over the budget. Limits are weighed before the cost: a move may never exceed them
 * by more than before, and while they are exceeded, a move towards them is always made.
 */
public final class Annealing {

  /** Proposals between two looks at the stop signal. */
  private static final int LOOK_EVERY = 256;

  /** Draws of a move before a proposal is given up; most draws are impossible. */
  private static final int DRAWS = 16;

  private final Placement start;
  private final SearchCost cost;
  private final List<Limit> limits;
  private final ReplicaTable replicas;
  private final Cooling cooling;
  private final SeededRandom random;
  private final int[] slots;
  private final int[] best;
  private long bestTotal;

  /** Units by which the limits are exceeded in all, now and at the best. */
  private long excess;

  private long bestExcess;

  private final boolean hasSpares;

  // The move at hand: what it changes, in which slots, and the limits after it.
  private HostChange change = HostChange.swap(0, 0, 0, 0);
  private int slotA;
  private int slotB;
  private long excessOfChange;

  private Annealing(
      Placement start, SearchCost cost, List<Limit> limits, Cooling cooling, SeededRandom random) {
    this.start = start;
    this.cost = cost;
    this.limits = List.copyOf(limits);
    this.replicas = ReplicaTable.of(start);
    this.cooling = cooling;
    this.random = random;
    this.hasSpares = start.cluster().slots() > start.experts();
    this.slots = start.toArray();
    this.best = start.toArray();
    this.bestTotal = cost.total();
    this.excess = limits.stream().mapToLong(Limit::excess).sum();
    this.bestExcess = excess;
  }

  /**
   * The best placement met.
   *
   * @param start where to begin; the answer never costs more
   * @param cost of {@code start}; it follows the search and is of no use afterwards
   */
  public static Placement improve(
      Placement start, SearchCost cost, Cooling cooling, SearchBudget budget, SeededRandom random) {
    return improve(start, cost, List.of(), cooling, budget, random);
  }

  /**
   * The best placement met within limits, or the one that exceeds them least.
   *
   * @param start where to begin; the answer never exceeds the limits by more, and if by as much, it
   *     never costs more
   * @param cost of {@code start}, and likewise that of each limit; they follow the search and are
   *     of no use afterwards
   */
  public static Placement improve(
      Placement start,
      SearchCost cost,
      List<Limit> limits,
      Cooling cooling,
      SearchBudget budget,
      SeededRandom random) {
    return new Annealing(start, cost, limits, cooling, random).run(budget);
  }

  private Placement run(SearchBudget budget) {
    for (long i = 0; i < budget.proposals(); i++) {
      if (i % LOOK_EVERY == 0 && budget.stop().getAsBoolean()) {
        break;
      }
      long limit = acceptedUnits((double) i / budget.proposals());
      if (drawMove()) {
        weigh(limit);
      }
    }
    return Placement.of(start.cluster(), start.experts(), best);
  }

  /** The largest increase that this proposal may bring, at a fraction of the way. */
  private long acceptedUnits(double progress) {
    double increase = -cooling.at(progress) * Math.log(1 - random.nextDouble());
    return (long) (increase * SearchCost.UNITS);
  }

  /** Draws until a move is possible and within limits; false after many that were not. */
  private boolean drawMove() {
    for (int draw = 0; draw < DRAWS; draw++) {
      boolean possible =
          (hasSpares && (random.nextLong() & 1) == 0) ? drawReassignment() : drawSwap();
      if (possible && withinLimits(change)) {
        return true;
      }
    }
    return false;
  }

  private boolean drawSwap() {
    slotA = random.nextInt(slots.length);
    slotB = random.nextInt(slots.length);
    int gpuA = start.cluster().gpuOf(slotA);
    int gpuB = start.cluster().gpuOf(slotB);
    int a = slots[slotA];
    int b = slots[slotB];
    if (gpuA == gpuB || a == b || replicas.holds(gpuA, b) || replicas.holds(gpuB, a)) {
      return false;
    }
    change = HostChange.swap(a, gpuA, b, gpuB);
    return true;
  }

  private boolean drawReassignment() {
    slotA = random.nextInt(slots.length);
    slotB = slotA;
    int successor = random.nextInt(start.experts());
    int gpu = start.cluster().gpuOf(slotA);
    int old = slots[slotA];
    if (replicas.copies(old) < 2 || replicas.holds(gpu, successor)) {
      return false;
    }
    change = HostChange.reassign(old, successor, gpu);
    return true;
  }

  private void weigh(long limitUnits) {
    // Coming nearer to the limits is worth any cost.
    long most = excessOfChange < excess ? SearchCost.OVER_LIMIT - 1 : limitUnits;
    if (cost.delta(change, most) > most) {
      return;
    }
    cost.apply(change);
    limits.forEach(limit -> limit.cost().apply(change));
    excess = excessOfChange;
    replicas.edit(change.a(), change.fromA(), change.toA());
    replicas.edit(change.b(), change.fromB(), change.toB());
    // For a swap both slots change; for a reassignment they are one.
    slots[slotB] = change.a();
    slots[slotA] = change.b();
    keepIfBest();
  }

  /** True if the limits are exceeded by no more than now. */
  private boolean withinLimits(HostChange drawn) {
    excessOfChange = 0;
    for (var limit : limits) {
      excessOfChange += limit.excessAfter(drawn);
      if (excessOfChange > excess) {
        return false;
      }
    }
    return true;
  }

  private void keepIfBest() {
    if (excess < bestExcess || (excess == bestExcess && cost.total() < bestTotal)) {
      bestTotal = cost.total();
      bestExcess = excess;
      System.arraycopy(slots, 0, best, 0, slots.length);
    }
  }
}
