package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.TokenSets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Experts that act together on different GPUs, one after the other: the busiest first, each onto
 * the GPU where it meets the fewest tokens that call another expert there too; then the spares, to
 * the experts in most conflict.
 *
 * <p>The rule of Beaumont, Marchal et al. (Euro-Par 2025) for one token at a time, on pairs: a
 * conflict of an expert on a GPU is the tokens that call it together with each other expert there.
 * A second replica of either ends the conflict of a pair, for the two can then run apart. Pairs
 * stand in for the unions of steps, so {@link LocalSearch} ends lower; this takes {@code O(tokens *
 * k^2 + slots * experts * GPUs)} and no search. Ties go to the GPU with fewer tokens.
 */
final class CoactivationGreedy {

  private static final int EMPTY = -1;

  private final Cluster cluster;
  private final int experts;
  private final double[] load;

  /** {@code [a * experts + b]} tokens that call both. */
  private final double[] together;

  /** {@code [expert * gpus + gpu]} tokens that call the expert and another one on the GPU. */
  private final double[] conflict;

  private final boolean[] holds;
  private final int[] copies;

  /** {@code [experts]} the GPU of the first replica. */
  private final int[] firstGpu;

  private final double[] gpuTokens;
  private final int[] filled;
  private final int[] slots;

  private CoactivationGreedy(Cluster cluster, TokenSets sets) {
    this.cluster = cluster;
    experts = sets.experts();
    load = sets.expertLoad();
    together = together(sets);
    conflict = new double[experts * cluster.gpus()];
    holds = new boolean[experts * cluster.gpus()];
    copies = new int[experts];
    firstGpu = new int[experts];
    gpuTokens = new double[cluster.gpus()];
    filled = new int[cluster.gpus()];
    slots = new int[cluster.slots()];
    Arrays.fill(slots, EMPTY);
  }

  static int[] slots(Cluster cluster, TokenSets sets) {
    var greedy = new CoactivationGreedy(cluster, sets);
    greedy.placeOnce();
    for (int spare = sets.experts(); spare < cluster.slots(); spare++) {
      greedy.placeSpare();
    }
    return greedy.slots;
  }

  private static double[] together(TokenSets sets) {
    int experts = sets.experts();
    var together = new double[experts * experts];
    for (int set = 0; set < sets.size(); set++) {
      for (int i = sets.from(set); i < sets.to(set); i++) {
        for (int j = sets.from(set); j < sets.to(set); j++) {
          if (i != j) {
            together[sets.member(i) * experts + sets.member(j)] += sets.tokens(set);
          }
        }
      }
    }
    return together;
  }

  private void placeOnce() {
    var order =
        IntStream.range(0, experts)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer expert) -> load[expert]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    for (int expert : order) {
      int best = -1;
      for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
        if (filled[gpu] < roomForFirsts(gpu) && (best < 0 || better(expert, gpu, best))) {
          best = gpu;
        }
      }
      put(expert, best);
    }
  }

  /** Every GPU keeps its part of the spare slots free. */
  private int roomForFirsts(int gpu) {
    int spares = cluster.slots() - experts;
    return cluster.slotsOf(gpu) - spares * cluster.slotsOf(gpu) / cluster.slots();
  }

  private boolean better(int expert, int gpu, int other) {
    double here = conflict[expert * cluster.gpus() + gpu];
    double there = conflict[expert * cluster.gpus() + other];
    return here < there || (here == there && gpuTokens[gpu] < gpuTokens[other]);
  }

  /** To the expert with the most conflicts that a second replica ends; then the most tokens. */
  private void placeSpare() {
    int bestExpert = -1;
    double bestRelief = 0;
    for (int expert = 0; expert < experts; expert++) {
      if (spareGpu(expert) < 0) {
        continue;
      }
      double relief = relief(expert);
      if (bestExpert < 0
          || relief > bestRelief
          || (relief == bestRelief
              && load[expert] / copies[expert] > load[bestExpert] / copies[bestExpert])) {
        bestExpert = expert;
        bestRelief = relief;
      }
    }
    put(bestExpert, spareGpu(bestExpert));
  }

  /** Tokens that call the expert and another with no choice but the same GPU. */
  private double relief(int expert) {
    if (copies[expert] > 1) {
      return 0;
    }
    int gpu = firstGpu[expert];
    double tokens = 0;
    for (int i = 0; i < filled[gpu]; i++) {
      int other = slots[cluster.firstSlot(gpu) + i];
      if (copies[other] == 1) {
        tokens += together[expert * experts + other];
      }
    }
    return tokens;
  }

  /** Where another replica meets the fewest conflicts; below 0 if there is no room for one. */
  private int spareGpu(int expert) {
    int best = -1;
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      if (filled[gpu] < cluster.slotsOf(gpu)
          && !holds[expert * cluster.gpus() + gpu]
          && (best < 0 || better(expert, gpu, best))) {
        best = gpu;
      }
    }
    return best;
  }

  private void put(int expert, int gpu) {
    slots[cluster.firstSlot(gpu) + filled[gpu]++] = expert;
    holds[expert * cluster.gpus() + gpu] = true;
    if (copies[expert]++ == 0) {
      firstGpu[expert] = gpu;
    }
    gpuTokens[gpu] += load[expert];
    for (int other = 0; other < experts; other++) {
      conflict[other * cluster.gpus() + gpu] += together[expert * experts + other];
    }
  }
}
