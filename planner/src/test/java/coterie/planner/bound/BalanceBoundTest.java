package coterie.planner.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.model.Cluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class BalanceBoundTest {

  /** Two GPUs of two slots: 10 has to share its GPU with another, at best with 1. */
  @Test
  void hottestExpertAndTheColdestBesideIt() {
    var bound = BalanceBound.of(new Cluster(2, 2), new double[] {3, 10, 1, 2});
    assertThat(bound).isEqualTo(new BalanceBound(8, 10, 11, 11));
    assertThat(bound.tokens()).isEqualTo(11);
    assertThat(bound.imbalance()).isEqualTo(11.0 / 8);
  }

  /**
   * Three GPUs of two slots. 9 and 8 apart carry 17 and the two coldest, so one of them at least
   * (17 + 2) / 2 = 9.5; together they would be 17. 9 alone bounds by 10 only.
   */
  @Test
  void theHottestTwoCannotBothHaveTheColdest() {
    var bound = BalanceBound.of(new Cluster(3, 2), new double[] {9, 8, 1, 1, 3, 3});
    assertThat(bound.hottestTokens()).isEqualTo(10);
    assertThat(bound.crowdTokens()).isEqualTo(10);
    var tied = BalanceBound.of(new Cluster(3, 2), new double[] {9, 9, 1, 3, 3, 3});
    assertThat(tied.hottestTokens()).isEqualTo(10);
    assertThat(tied.crowdTokens()).as("(9 + 9 + 1 + 3) / 2").isEqualTo(11);
  }

  /** Of three experts of 6 on two GPUs, two meet: 12 with the coldest beside them. */
  @Test
  void oneMoreHeavyExpertThanGpus() {
    var bound = BalanceBound.of(new Cluster(2, 3), new double[] {6, 6, 6, 0, 0, 0});
    assertThat(bound.averageTokens()).isEqualTo(9);
    assertThat(bound.crowdTokens()).isEqualTo(12);
  }

  /**
   * 12 and one spare slot on two GPUs of two: split over both GPUs it brings 6 to each, beside 1 or
   * 2; the bound is the least over its copies.
   */
  @Test
  void withSpares() {
    var bound = BalanceBound.of(new Cluster(2, 2), new double[] {12, 1, 2});
    assertThat(bound).isEqualTo(new BalanceBound(7.5, 6, 7, 0));
  }

  @Test
  void fewestSlotsCountOnUnequalGpus() {
    var bound = BalanceBound.of(Cluster.ofSlots(1, 3, 1), new double[] {10, 1, 1, 1});
    assertThat(bound.tokens()).as("10 alone on the second GPU").isEqualTo(10);
  }

  /** Groups of two experts: 10+1, 2+2, 3+3, 4+4; the best pairing of groups is 11+4 and 6+8. */
  @Test
  void hierarchyPacksGroupsForTheWorstNode() {
    var bound =
        HierarchicalBound.of(new Cluster(2, 2, 4), new double[] {10, 1, 2, 2, 3, 3, 4, 4}, 4);
    assertThat(bound.averageTokens()).isEqualTo(29.0 / 2);
    assertThat(bound.tokens()).isCloseTo(15, within(1e-12));
    assertThat(bound.nodeOfGroup()).isIn(List.of(0, 0, 1, 1), List.of(1, 1, 0, 0));
  }

  @Test
  void groupsThatDoNotDivideAreRefused() {
    assertThatThrownBy(() -> HierarchicalBound.of(new Cluster(2, 2, 4), new double[6], 3))
        .hasMessage("3 groups of 6 experts on 2 nodes");
  }
}
