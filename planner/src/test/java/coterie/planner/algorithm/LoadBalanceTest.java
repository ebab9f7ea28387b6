package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.bound.BalanceBound;
import coterie.planner.bound.HierarchicalBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LoadBalanceTest {

  private static final SearchBudget BUDGET = SearchBudget.ofProposals(30_000);

  /** Every placement of tiny problems is tried, on GPUs of equal and unequal size, with spares. */
  @Test
  void findsTheOptimumAndTheCertificateIsNeverAboveIt() {
    int optimal = 0;
    int tight = 0;
    int problems = 400;
    for (int seed = 0; seed < problems; seed++) {
      var random = new SeededRandom(seed);
      var cluster =
          random.nextInt(2) == 0
              ? new Cluster(2 + random.nextInt(2), 2 + random.nextInt(2))
              : Cluster.ofSlots(1, 1 + random.nextInt(3), 2, 1 + random.nextInt(2));
      int fewest = Math.max(cluster.mostSlots(), cluster.slots() - 2);
      int experts = fewest + random.nextInt(cluster.slots() - fewest + 1);
      var load = load(experts, 3, random);
      double optimum = optimum(cluster, load);
      double found =
          EvenSplit.imbalance(
              Placement.of(cluster, experts, LoadBalance.flat(cluster, load, BUDGET, random)),
              load);
      double bound = BalanceBound.of(cluster, load).imbalance();
      assertThat(bound).as("seed %s", seed).isLessThanOrEqualTo(optimum + 1e-9);
      assertThat(found).isGreaterThanOrEqualTo(optimum - 1e-9);
      optimal += found <= optimum * (1 + LoadBalance.TOLERANCE) + 1e-9 ? 1 : 0;
      tight += bound >= optimum - 1e-9 ? 1 : 0;
    }
    assertThat(optimal)
        .as("optima found of %s", problems)
        .isGreaterThanOrEqualTo(problems * 99 / 100);
    assertThat(tight).as("certificates that equal the optimum").isGreaterThan(problems / 4);
  }

  private static double optimum(Cluster cluster, double[] load) {
    var least = new double[] {Double.POSITIVE_INFINITY};
    AllPlacements.visit(
        cluster,
        load.length,
        true,
        slots ->
            least[0] =
                Math.min(
                    least[0],
                    EvenSplit.imbalance(Placement.of(cluster, load.length, slots), load)));
    return least[0];
  }

  /** Zipf loads as in cases A and B of the peers' comparison, three layers each. */
  @Test
  void endsWithinFiveTenThousandthsOfTheCertificate() {
    for (int layer = 0; layer < 3; layer++) {
      for (double exponent : new double[] {0.4, 0.8}) {
        var random = SeededRandom.of(11, layer, Math.round(10 * exponent));
        var wide = new Cluster(4, 32, 9);
        var loadA = zipf(256, exponent, random);
        assertThat(imbalance(wide, loadA, LoadBalance.flat(wide, loadA, BUDGET, random)))
            .isLessThan(BalanceBound.of(wide, loadA).imbalance() + 0.0005);
        assertThat(
                imbalance(wide, loadA, HierarchicalBalance.slots(wide, loadA, 8, BUDGET, random)))
            .isLessThan(HierarchicalBound.of(wide, loadA, 8).imbalance() + 0.0005);
        var narrow = new Cluster(8, 16);
        var loadB = zipf(128, exponent, random);
        assertThat(imbalance(narrow, loadB, LoadBalance.flat(narrow, loadB, BUDGET, random)))
            .isLessThan(BalanceBound.of(narrow, loadB).imbalance() + 0.0005);
      }
    }
  }

  @Test
  void groupsStayOnOneNode() {
    var cluster = new Cluster(2, 4, 5);
    var load = load(16, 4, new SeededRandom(3));
    for (var slots :
        new int[][] {
          HierarchicalBalance.slots(cluster, load, 4, BUDGET, new SeededRandom(1)),
          HierarchicalEplb.slots(cluster, load, 4)
        }) {
      var nodeOfGroup = new int[] {-1, -1, -1, -1};
      for (int slot = 0; slot < slots.length; slot++) {
        int node = cluster.nodeOf(cluster.gpuOf(slot));
        int group = slots[slot] / 4;
        assertThat(nodeOfGroup[group]).isIn(-1, node);
        nodeOfGroup[group] = node;
      }
      assertThat(Placement.of(cluster, 16, slots)).isNotNull();
    }
  }

  /** The hierarchy's certificate holds for whatever keeps groups on nodes. */
  @Test
  void hierarchicalCertificateIsNeverAboveHierarchicalPlacements() {
    for (int seed = 0; seed < 100; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2, 4, 3 + random.nextInt(2));
      var load = load(12, 3, random);
      double bound = HierarchicalBound.of(cluster, load, 4).imbalance();
      assertThat(bound)
          .isLessThanOrEqualTo(
              imbalance(cluster, load, HierarchicalEplb.slots(cluster, load, 4)) + 1e-9)
          .isGreaterThanOrEqualTo(
              BalanceBound.of(cluster, load).averageTokens() * 4 / sum(load) - 1e-9);
      assertThat(
              imbalance(cluster, load, HierarchicalBalance.slots(cluster, load, 4, BUDGET, random)))
          .isBetween(bound - 1e-9, bound * 1.3);
    }
  }

  @Test
  void noTokensAtAllIsBalanced() {
    var cluster = new Cluster(2, 2);
    assertThat(LoadBalance.flat(cluster, new double[3], BUDGET, new SeededRandom(1))).hasSize(4);
    assertThat(BalanceBound.of(cluster, new double[3]).imbalance()).isEqualTo(1);
  }

  private static double imbalance(Cluster cluster, double[] load, int[] slots) {
    return EvenSplit.imbalance(Placement.of(cluster, load.length, slots), load);
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static double[] load(int experts, double spread, SeededRandom random) {
    var load = new double[experts];
    Arrays.setAll(load, expert -> Math.exp(spread * random.nextDouble()));
    return load;
  }

  private static double[] zipf(int experts, double exponent, SeededRandom random) {
    var load = new double[experts];
    Arrays.setAll(
        load,
        rank -> 1000 * Math.pow(rank + 1, -exponent) * Math.exp(0.6 * (random.nextDouble() - 0.5)));
    return load;
  }
}
