package coterie.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.planner.RandomProblems;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementDiffTest {

  private static final Cluster TWO_BY_THREE = new Cluster(2, 3);

  /** GPU 0 keeps 0 and 1 and gets 3; GPU 1 keeps 3 and gets 0 and 2. Expert 1 loses a replica. */
  @Test
  void aSlotMovesIfItsExpertIsNewToItsGpu() {
    var from = Placement.of(TWO_BY_THREE, 4, new int[] {0, 1, 2, 3, 1, 0});
    var to = Placement.of(TWO_BY_THREE, 4, new int[] {3, 0, 1, 3, 2, 0});
    var diff = PlacementDiff.of(from, to);
    assertThat(diff).hasToString("2 moved, 1 replicas gained, 1 lost");
    assertThat(diff.moved(0)).isEqualTo(1);
    assertThat(diff.moved(1)).isEqualTo(1);
    assertThat(diff.arrives(0, 3)).isTrue();
    assertThat(diff.arrives(1, 2)).isTrue();
    assertThat(diff.arrives(1, 3)).isFalse();
    assertThat(diff.copiesGained(3)).isEqualTo(1);
    assertThat(diff.copiesGained(1)).isEqualTo(-1);
    assertThat(diff.copiesGained(0)).isZero();
  }

  @Test
  void theOrderWithinAGpuDoesNotMatter() {
    var from = Placement.of(TWO_BY_THREE, 4, new int[] {0, 1, 2, 3, 1, 0});
    var to = Placement.of(TWO_BY_THREE, 4, new int[] {2, 0, 1, 0, 3, 1});
    assertThat(PlacementDiff.of(from, to)).hasToString("0 moved, 0 replicas gained, 0 lost");
  }

  /** A slot more for each GPU: nothing is taken away, two replicas come. */
  @Test
  void theNumberOfSlotsMayDiffer() {
    var from = Placement.of(new Cluster(2, 2), 4, new int[] {0, 1, 2, 3});
    var to = Placement.of(TWO_BY_THREE, 4, new int[] {0, 1, 2, 0, 2, 3});
    assertThat(PlacementDiff.of(from, to)).hasToString("2 moved, 2 replicas gained, 0 lost");
    assertThat(PlacementDiff.of(to, from)).hasToString("0 moved, 0 replicas gained, 2 lost");
  }

  @Test
  void otherGpusOrExpertsDoNotCompare() {
    var two = Placement.of(new Cluster(2, 2), 4, new int[] {0, 1, 2, 3});
    var four = Placement.of(new Cluster(4, 1), 4, new int[] {0, 1, 2, 3});
    var fewer = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});
    assertThatThrownBy(() -> PlacementDiff.of(two, four))
        .hasMessage("a placement of 4 experts on 2 GPUs does not compare with one of 4 on 4");
    assertThatThrownBy(() -> PlacementDiff.of(two, fewer))
        .hasMessage("a placement of 4 experts on 2 GPUs does not compare with one of 3 on 2");
  }

  /** Sets of experts of each GPU say the same, however the placements are drawn. */
  @Test
  void equalsTheDifferenceOfSets() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var from = RandomProblems.placement(cluster, experts, random);
      var to = RandomProblems.placement(cluster, experts, random);
      var diff = PlacementDiff.of(from, to);
      int moved = 0;
      for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
        var arrivals = experts(to, gpu);
        arrivals.removeAll(experts(from, gpu));
        assertThat(diff.moved(gpu)).as("seed %s", seed).isEqualTo(arrivals.size());
        for (int expert = 0; expert < experts; expert++) {
          assertThat(diff.arrives(gpu, expert)).isEqualTo(arrivals.contains(expert));
        }
        moved += arrivals.size();
      }
      assertThat(diff.moved()).isEqualTo(moved);
      assertThat(PlacementDiff.of(to, from).moved()).isEqualTo(moved);
      assertThat(diff.replicasGained()).isEqualTo(diff.replicasLost());
    }
  }

  private static Set<Integer> experts(Placement placement, int gpu) {
    var experts = new HashSet<Integer>();
    int first = placement.cluster().firstSlot(gpu);
    for (int slot = first; slot < first + placement.cluster().slotsPerGpu(); slot++) {
      experts.add(placement.expertAt(slot));
    }
    return experts;
  }
}
