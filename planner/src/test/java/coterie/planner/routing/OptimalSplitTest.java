package coterie.planner.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import org.junit.jupiter.api.Test;

class OptimalSplitTest {

  /** 6 tokens on GPU 0 only, 4 on either, 2 on GPU 1 only: all 4 go to GPU 1, 6 against 6. */
  @Test
  void anUnevenSplitBalancesWhereAnEvenOneDoesNot() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 1, 2});
    var load = new double[] {6, 4, 2};
    assertThat(OptimalSplit.imbalance(placement, load)).isCloseTo(1, within(1e-12));
    assertThat(EvenSplit.imbalance(placement, load)).isCloseTo(8 / 6.0, within(1e-12));
  }

  @Test
  void isBetweenOneAndTheEvenSplitAndTheSameWithoutSpares() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var load = RandomProblems.tokens(experts, 2, 20, random).expertLoad();
      double optimal = OptimalSplit.imbalance(placement, load);
      double even = EvenSplit.imbalance(placement, load);
      assertThat(optimal).isBetween(1 - 1e-9, even + 1e-9);
      if (experts == cluster.slots()) {
        assertThat(optimal).isCloseTo(even, within(1e-9));
      }
    }
  }
}
