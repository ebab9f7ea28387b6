package coterie.planner.bound;

import coterie.planner.model.Cluster;
import java.util.Arrays;

/**
 * Certificates of token balance under even split: tokens that the busiest GPU has in every
 * placement without twins.
 *
 * <p>Average: all tokens over all GPUs. Replica: the largest share of a replica under the counts
 * that make it smallest, which the greedy rule finds. Hottest: the hottest expert with r replicas
 * shares each of its GPUs with as many others as there are slots left; the coldest, and those
 * themselves thinned by what spares are left; the least over r. Crowd, without spares only: of the
 * jG + 1 heaviest experts some GPU holds j + 1, and the coldest beside them; and the h heaviest
 * either lie on h GPUs, which carry at least their mean with the coldest beside them, or two of
 * them share one. (Dell'Amico, Martello, "Bounds for the cardinality constrained P||Cmax problem",
 * J. Scheduling 2001, has the family.) All hold for GPUs with different numbers of slots: the
 * fewest are counted.
 *
 * @param averageTokens all tokens over all GPUs
 * @param replicaTokens the heaviest replica
 * @param hottestTokens the hottest expert and what must lie beside it
 * @param crowdTokens what heavy experts bring together where they cannot avoid each other; 0 if
 *     there are spares
 */
public record BalanceBound(
    double averageTokens, double replicaTokens, double hottestTokens, double crowdTokens) {

  /**
   * Bounds.
   *
   * @param expertLoad {@code [experts]} tokens of each expert, not negative
   */
  public static BalanceBound of(Cluster cluster, double[] expertLoad) {
    var ascending = expertLoad.clone();
    Arrays.sort(ascending);
    int spares = cluster.slots() - ascending.length;
    var slots = new int[cluster.gpus()];
    Arrays.setAll(slots, cluster::slotsOf);
    Arrays.sort(slots);
    return new BalanceBound(
        Arrays.stream(ascending).sum() / cluster.gpus(),
        heaviestReplica(ascending, spares, cluster.gpus()),
        hottest(ascending, spares, cluster.gpus(), slots[0]),
        spares == 0 ? crowd(ascending, slots) : 0);
  }

  /** The largest of the bounds, in tokens. */
  public double tokens() {
    return Math.max(Math.max(averageTokens, replicaTokens), Math.max(hottestTokens, crowdTokens));
  }

  /** The largest of the bounds over the mean: what {@code max / mean} cannot beat; at least 1. */
  public double imbalance() {
    return averageTokens > 0 ? tokens() / averageTokens : 1;
  }

  private static double heaviestReplica(double[] load, int spares, int gpus) {
    var copies = new int[load.length];
    Arrays.fill(copies, 1);
    int heaviest = heaviest(load, copies);
    for (int spare = 0; spare < spares && copies[heaviest] < gpus; spare++) {
      copies[heaviest]++;
      heaviest = heaviest(load, copies);
    }
    return load[heaviest] / copies[heaviest];
  }

  private static int heaviest(double[] load, int[] copies) {
    int heaviest = 0;
    for (int expert = 1; expert < load.length; expert++) {
      if (load[expert] / copies[expert] > load[heaviest] / copies[heaviest]) {
        heaviest = expert;
      }
    }
    return heaviest;
  }

  private static double hottest(double[] ascending, int spares, int gpus, int slots) {
    double hottest = ascending[ascending.length - 1];
    double least = Double.POSITIVE_INFINITY;
    for (int copies = 1; copies <= Math.min(gpus, spares + 1); copies++) {
      double beside = coldest(ascending, slots - 1, spares - copies + 1, gpus);
      least = Math.min(least, hottest / copies + beside);
    }
    return least;
  }

  /**
   * The least that {@code count} replicas of different experts can carry. They belong to the
   * coldest experts, for any other would carry less if a colder one took its place with as many
   * replicas; the spares go where each takes away most.
   */
  private static double coldest(double[] ascending, int count, int spares, int gpus) {
    var copies = new int[count];
    Arrays.fill(copies, 1);
    for (int spare = 0; spare < spares && count > 0; spare++) {
      int chosen = 0;
      for (int i = 1; i < count; i++) {
        if (relief(ascending[i], copies[i], gpus)
            > relief(ascending[chosen], copies[chosen], gpus)) {
          chosen = i;
        }
      }
      if (copies[chosen] < gpus) {
        copies[chosen]++;
      }
    }
    double tokens = 0;
    for (int i = 0; i < count; i++) {
      tokens += ascending[i] / copies[i];
    }
    return tokens;
  }

  private static double relief(double load, int copies, int gpus) {
    return copies < gpus ? load / copies - load / (copies + 1) : 0;
  }

  private static double crowd(double[] ascending, int[] slots) {
    double most = 0;
    for (int heavy = 1; heavy <= slots.length; heavy++) {
      most = Math.max(most, apartOrTogether(ascending, slots, heavy));
    }
    for (int j = 1; j * slots.length + 1 <= ascending.length; j++) {
      most = Math.max(most, together(ascending, j * slots.length + 1, j + 1, slots[0]));
    }
    return most;
  }

  /**
   * The heaviest experts lie on as many GPUs, which then carry at least their mean, or two meet.
   */
  private static double apartOrTogether(double[] ascending, int[] slots, int heavy) {
    int experts = ascending.length;
    int slotsOfThem = Arrays.stream(slots, 0, heavy).sum();
    double apart =
        sum(ascending, experts - heavy, experts) + sum(ascending, 0, slotsOfThem - heavy);
    return heavy == 1 ? apart : Math.min(apart / heavy, together(ascending, heavy, 2, slots[0]));
  }

  /**
   * {@code count} of the {@code heavy} heaviest experts on one GPU, and the coldest beside them.
   */
  private static double together(double[] ascending, int heavy, int count, int slots) {
    int lightest = ascending.length - heavy;
    return sum(ascending, lightest, lightest + count)
        + sum(ascending, 0, Math.max(0, slots - count));
  }

  private static double sum(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).sum();
  }
}
