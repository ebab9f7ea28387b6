package coterie.planner.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomChanges;
import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TrafficCostTest {

  private static final TrafficPrice BOTH = new TrafficPrice(1, 3.5);

  /**
   * Two nodes of two GPUs of two slots. {0,1} lies on one GPU; {0,2} on two of one node; {1,3,6} on
   * three of both nodes. Tokens 2, 1, 1: GPUs (2*1 + 2 + 3) / 4, nodes (2*1 + 1 + 2) / 4.
   */
  @Test
  void handWorked() {
    var cost = TrafficCost.of(sets(), contiguous(), BOTH);
    assertThat(cost).isInstanceOf(CountedTraffic.class);
    assertThat(cost.gpusPerToken()).isEqualTo(7.0 / 4);
    assertThat(cost.nodesPerToken()).isEqualTo(5.0 / 4);
    assertThat(cost.value()).isCloseTo(7.0 / 4 + 3.5 * 5 / 4, within(1e-9));
    // 1 and 4 change places: {0,1} now needs 2 GPUs of 2 nodes, {1,3,6} still 3 of 2.
    var swap = HostChange.swap(1, 0, 4, 2);
    assertThat(cost.delta(swap, Long.MAX_VALUE) / (double) SearchCost.UNITS)
        .isCloseTo((2 + 3.5 * 2) / 4, within(1e-9));
    cost.apply(swap);
    assertThat(cost.gpusPerToken()).isEqualTo(9.0 / 4);
  }

  /** One GPU more holds 1 beside 3: {1,3,6} is covered by two. */
  @Test
  void replicasAreChosenForTheFewestGpus() {
    var cluster = Cluster.ofSlots(2, 2, 3, 2, 2);
    var placement = Placement.of(cluster, 8, new int[] {0, 1, 2, 3, 1, 4, 5, 6, 7});
    var cost = TrafficCost.of(sets(), placement, TrafficPrice.GPUS);
    assertThat(cost).isInstanceOf(CoveredTraffic.class);
    assertThat(cost.gpusPerToken()).isEqualTo(6.0 / 4);
  }

  @Test
  void deltaEqualsRecomputation() {
    int changes = 0;
    for (int seed = 0; seed < 120; seed++) {
      var random = new SeededRandom(seed);
      var cluster = nodes(RandomProblems.cluster(random), seed);
      int experts = seed % 3 == 0 ? cluster.slots() : RandomProblems.experts(cluster, random);
      var sets = RandomProblems.tokens(experts, Math.min(4, experts), 20, random);
      var slots = RandomProblems.placement(cluster, experts, random).toArray();
      var cost = TrafficCost.of(sets, Placement.of(cluster, experts, slots), BOTH);
      for (int i = 0; i < 40; i++) {
        var change = RandomChanges.edit(cluster, experts, slots, random);
        if (change.isEmpty()) {
          continue;
        }
        changes++;
        var after = TrafficCost.of(sets, Placement.of(cluster, experts, slots), BOTH);
        assertThat(cost.delta(change.get(), Long.MAX_VALUE))
            .as("seed %s", seed)
            .isEqualTo(after.total() - cost.total());
        cost.apply(change.get());
        assertThat(cost.total()).isEqualTo(after.total());
        assertThat(cost.gpusPerToken()).isEqualTo(after.gpusPerToken());
      }
    }
    assertThat(changes).isGreaterThan(1500);
  }

  @Test
  void bothImplementationsAgreeWithoutSpares() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new SeededRandom(seed);
      var cluster = nodes(RandomProblems.cluster(random), seed);
      var sets = RandomProblems.tokens(cluster.slots(), 4, 20, random);
      var placement = RandomProblems.placement(cluster, cluster.slots(), random);
      var counted = new CountedTraffic(sets, placement, BOTH);
      var covered = new CoveredTraffic(sets, placement, BOTH);
      assertThat(counted.total()).isEqualTo(covered.total());
      assertThat(counted.gpusPerToken()).isEqualTo(covered.gpusPerToken());
      assertThat(counted.nodesPerToken()).isEqualTo(covered.nodesPerToken());
    }
  }

  /** Every choice of replicas is tried. */
  @Test
  void coverIsTheCheapest() {
    for (int seed = 0; seed < 150; seed++) {
      var random = new SeededRandom(500 + seed);
      var cluster = nodes(RandomProblems.cluster(random), seed);
      int experts = RandomProblems.experts(cluster, random);
      var sets = RandomProblems.tokens(experts, Math.min(4, experts), 6, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      double cheapest = 0;
      for (int set = 0; set < sets.size(); set++) {
        cheapest += sets.tokens(set) * cheapest(placement, sets.set(set), 0, new int[0]);
      }
      assertThat(new CoveredTraffic(sets, placement, BOTH).value())
          .isCloseTo(cheapest / sets.totalTokens(), within(1e-9));
    }
  }

  private static double cheapest(Placement placement, int[] set, int next, int[] gpus) {
    var cluster = placement.cluster();
    if (next == set.length) {
      var distinctGpus = new HashSet<Integer>();
      var distinctNodes = new HashSet<Integer>();
      for (int gpu : gpus) {
        distinctGpus.add(gpu);
        distinctNodes.add(cluster.nodeOf(gpu));
      }
      return BOTH.of(distinctGpus.size(), distinctNodes.size());
    }
    double best = Double.POSITIVE_INFINITY;
    for (int slot = 0; slot < cluster.slots(); slot++) {
      if (placement.expertAt(slot) == set[next]) {
        var more = Arrays.copyOf(gpus, gpus.length + 1);
        more[gpus.length] = cluster.gpuOf(slot);
        best = Math.min(best, cheapest(placement, set, next + 1, more));
      }
    }
    return best;
  }

  @Test
  void withoutSparesOnlySwapsArePossible() {
    var cost = TrafficCost.of(sets(), contiguous(), TrafficPrice.GPUS);
    assertThatThrownBy(() -> cost.delta(HostChange.reassign(0, 2, 0), 0))
        .hasMessageContaining("is no swap");
  }

  @Test
  void pricesArePositive() {
    assertThatThrownBy(() -> new TrafficPrice(0, 0))
        .hasMessage("prices are 0.0 a GPU and 0.0 a node, one must be positive");
  }

  private static Cluster nodes(Cluster cluster, int seed) {
    boolean two = seed % 2 == 0 && cluster.gpus() % 2 == 0;
    return new Cluster(two ? 2 : 1, cluster.gpus(), cluster.slotsPerGpu());
  }

  private static TokenSets sets() {
    return TokenSets.builder(8)
        .add(new int[] {0, 1}, 2)
        .add(new int[] {0, 2}, 1)
        .add(new int[] {1, 3, 6}, 1)
        .build();
  }

  private static Placement contiguous() {
    return Placement.of(new Cluster(2, 4, 2), 8, new int[] {0, 1, 2, 3, 4, 5, 6, 7});
  }
}
