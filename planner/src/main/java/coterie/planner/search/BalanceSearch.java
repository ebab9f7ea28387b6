package coterie.planner.search;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.objective.GpuTokens;
import coterie.planner.objective.HostChange;

/**
 * Lowers the tokens of the busiest GPU until a certificate is met.
 *
 * <p>Descent: as long as one move takes tokens off the busiest GPU and leaves every GPU that it
 * touches below what the busiest had, make the best one. A move exchanges two replicas or gives a
 * spare slot to another expert, on the busiest GPU or in favour of one of its experts. Each move
 * lowers the sorted vector of GPU loads, so the descent ends. Then a few exchanges at random, and
 * again, from the best so far (iterated local search: Lourenco, Martin, Stutzle, "Iterated local
 * search", 2003), until the busiest GPU is within a tolerance of the certificate or the rounds are
 * spent.
 *
 * <p>A descent step looks at {@code slots per GPU * slots} exchanges in constant time each.
 */
public final class BalanceSearch {

  /** What a move must gain, relative to the busiest GPU: more than rounding can fake. */
  private static final double LEAST_GAIN = 1e-12;

  /** Exchanges of a kick, and slots among which the partner is sought. */
  private static final int KICKS = 3;

  private static final int KICK_SAMPLES = 8;

  private final Placement start;
  private final Cluster cluster;
  private final SeededRandom random;
  private final double[] expertLoad;
  private final boolean hasSpares;
  private int[] slots;
  private GpuTokens tokens;

  private HostChange bestMove;
  private int bestSlotA;
  private int bestSlotB;
  private double bestMost;

  private BalanceSearch(Placement start, double[] expertLoad, SeededRandom random) {
    this.start = start;
    this.cluster = start.cluster();
    this.expertLoad = expertLoad;
    this.random = random;
    hasSpares = cluster.slots() > start.experts();
    reset(start.toArray());
  }

  /**
   * The best placement met, never worse than {@code start}.
   *
   * @param expertLoad {@code [experts]} tokens of each expert
   * @param goalTokens no reason to go on once the busiest GPU has at most this many
   * @param budget its proposals are rounds of descent
   */
  public static Placement improve(
      Placement start,
      double[] expertLoad,
      double goalTokens,
      SearchBudget budget,
      SeededRandom random) {
    return new BalanceSearch(start, expertLoad, random).run(goalTokens, budget);
  }

  private Placement run(double goalTokens, SearchBudget budget) {
    descend();
    var best = slots.clone();
    double bestTokens = tokens.busiest();
    for (long round = 1; round < budget.proposals(); round++) {
      if (bestTokens <= goalTokens || budget.stop().getAsBoolean()) {
        break;
      }
      kick();
      descend();
      if (tokens.busiest() <= bestTokens) {
        bestTokens = tokens.busiest();
        best = slots.clone();
      } else {
        reset(best.clone());
      }
    }
    return Placement.of(cluster, start.experts(), best);
  }

  private void reset(int[] to) {
    slots = to;
    tokens = new GpuTokens(Placement.of(cluster, start.experts(), slots), expertLoad);
  }

  private void descend() {
    while (true) {
      int busiest = tokens.busiestGpu();
      bestMove = null;
      bestMost = tokens.tokens(busiest) * (1 - LEAST_GAIN);
      lookAtSwaps(busiest);
      if (bestMove == null && hasSpares) {
        lookAtSpares(busiest);
      }
      if (bestMove == null) {
        return;
      }
      make(bestMove, bestSlotA, bestSlotB);
    }
  }

  private void make(HostChange move, int slotA, int slotB) {
    tokens.apply(move);
    if (slotB < 0) {
      slots[slotA] = move.b();
    } else {
      slots[slotA] = move.b();
      slots[slotB] = move.a();
    }
  }

  private void lookAtSwaps(int busiest) {
    double most = tokens.tokens(busiest);
    for (int slotA = cluster.firstSlot(busiest); slotA < cluster.firstSlot(busiest + 1); slotA++) {
      double shareA = tokens.share(slots[slotA]);
      for (int slotB = 0; slotB < slots.length; slotB++) {
        int gpuB = cluster.gpuOf(slotB);
        double given = shareA - tokens.share(slots[slotB]);
        double after = Math.max(most - given, tokens.tokens(gpuB) + given);
        if (after < bestMost && gpuB != busiest && canSwap(slotA, slotB)) {
          remember(swap(slotA, slotB), slotA, slotB, after);
        }
      }
    }
  }

  private boolean canSwap(int slotA, int slotB) {
    var replicas = tokens.replicas();
    return slots[slotA] != slots[slotB]
        && !replicas.holds(cluster.gpuOf(slotA), slots[slotB])
        && !replicas.holds(cluster.gpuOf(slotB), slots[slotA]);
  }

  private void remember(HostChange move, int slotA, int slotB, double most) {
    bestMove = move;
    bestSlotA = slotA;
    bestSlotB = slotB;
    bestMost = most;
  }

  /** Spare slots of the busiest GPU to other experts, and spares elsewhere to its experts. */
  private void lookAtSpares(int busiest) {
    for (int slot = 0; slot < slots.length; slot++) {
      if (tokens.replicas().copies(slots[slot]) < 2) {
        continue;
      }
      if (cluster.gpuOf(slot) == busiest) {
        for (int expert = 0; expert < start.experts(); expert++) {
          lookAtReassignment(slot, expert);
        }
      } else {
        for (int i = cluster.firstSlot(busiest); i < cluster.firstSlot(busiest + 1); i++) {
          lookAtReassignment(slot, slots[i]);
        }
      }
    }
  }

  private void lookAtReassignment(int slot, int successor) {
    int gpu = cluster.gpuOf(slot);
    if (tokens.replicas().holds(gpu, successor)) {
      return;
    }
    var move = HostChange.reassign(slots[slot], successor, gpu);
    double most = tokens.mostOfChanged(move);
    if (most < bestMost) {
      remember(move, slot, -1, most);
    }
  }

  /** A few moves that disturb little, so that little has to be mended. */
  private void kick() {
    for (int i = 0; i < KICKS; i++) {
      int slot = random.nextInt(slots.length);
      if (tokens.replicas().copies(slots[slot]) > 1 && random.nextInt(2) == 0) {
        kickSpare(slot);
      } else {
        kickSwap(slot);
      }
    }
  }

  private void kickSpare(int slot) {
    int successor = random.nextInt(start.experts());
    if (!tokens.replicas().holds(cluster.gpuOf(slot), successor)) {
      make(HostChange.reassign(slots[slot], successor, cluster.gpuOf(slot)), slot, -1);
    }
  }

  /** Exchanges a replica with the one of nearest share among a few. */
  private void kickSwap(int slotA) {
    int closest = -1;
    for (int sample = 0; sample < KICK_SAMPLES; sample++) {
      int slotB = random.nextInt(slots.length);
      if (cluster.gpuOf(slotA) != cluster.gpuOf(slotB)
          && canSwap(slotA, slotB)
          && (closest < 0 || difference(slotA, slotB) < difference(slotA, closest))) {
        closest = slotB;
      }
    }
    if (closest >= 0) {
      make(swap(slotA, closest), slotA, closest);
    }
  }

  private double difference(int slotA, int slotB) {
    return Math.abs(tokens.share(slots[slotA]) - tokens.share(slots[slotB]));
  }

  private HostChange swap(int slotA, int slotB) {
    return HostChange.swap(slots[slotA], cluster.gpuOf(slotA), slots[slotB], cluster.gpuOf(slotB));
  }
}
