package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllPlacementsTest {

  /** Four experts on two GPUs of two: 6 ways to fill the first; half of them by symmetry. */
  @Test
  void eachOnce() {
    var cluster = new Cluster(2, 2);
    assertThat(visited(cluster, 4, false)).hasSize(6);
    assertThat(visited(cluster, 4, true))
        .containsExactlyInAnyOrder("0 1 | 2 3", "0 2 | 1 3", "0 3 | 1 2");
  }

  /** Three experts: each may have two replicas; the two others lie apart. */
  @Test
  void spares() {
    assertThat(visited(new Cluster(2, 2), 3, true))
        .containsExactlyInAnyOrder("0 1 | 0 2", "0 1 | 1 2", "0 2 | 1 2");
  }

  @Test
  void unequalGpusAreNotAlike() {
    assertThat(visited(Cluster.ofSlots(1, 2, 1), 3, true)).hasSize(3);
  }

  @Test
  void countIsAnUpperBound() {
    assertThat(AllPlacements.atMost(new Cluster(2, 2), 4)).isEqualTo(36);
    assertThat(AllPlacements.atMost(Cluster.ofSlots(1, 2, 1), 3)).isEqualTo(9);
  }

  private static Set<String> visited(Cluster cluster, int experts, boolean alike) {
    var visited = new HashSet<String>();
    AllPlacements.visit(
        cluster,
        experts,
        alike,
        slots ->
            assertThat(visited.add(Placement.of(cluster, experts, slots).toString())).isTrue());
    return visited;
  }
}
