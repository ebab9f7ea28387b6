package coterie.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterTest {

  @Test
  void slotsComeInBlocksOfGpusAndGpusInBlocksOfNodes() {
    var cluster = new Cluster(2, 4, 3);

    assertThat(cluster.slots()).isEqualTo(12);
    assertThat(IntStream.range(0, 12).map(cluster::gpuOf))
        .containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
    assertThat(IntStream.range(0, 4).map(cluster::nodeOf)).containsExactly(0, 0, 1, 1);
    assertThat(cluster).hasToString("2 nodes, 4 GPUs x 3 slots");
  }

  @Test
  void gpusMayHaveRoomOfTheirOwn() {
    var cluster = Cluster.ofSlots(1, 1, 3, 2);

    assertThat(IntStream.range(0, 6).map(cluster::gpuOf)).containsExactly(0, 1, 1, 1, 2, 2);
    assertThat(cluster.mostSlots()).isEqualTo(3);
    assertThat(cluster.even()).isFalse();
    assertThat(cluster).hasToString("3 GPUs x 1+3+2 slots");
    assertThatThrownBy(cluster::slotsPerGpu).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void clustersCompareByContent() {
    assertThat(new Cluster(2, 2)).isEqualTo(Cluster.ofSlots(1, 2, 2));
    assertThat(new Cluster(2, 2)).hasSameHashCodeAs(Cluster.ofSlots(1, 2, 2));
    assertThat(new Cluster(2, 2)).isNotEqualTo(new Cluster(2, 2, 2));
    assertThat(new Cluster(2, 2)).isNotEqualTo(Cluster.ofSlots(1, 1, 3));
  }

  @Test
  void refusesWhatIsNoCluster() {
    assertThatThrownBy(() -> new Cluster(3, 4, 1)).hasMessage("4 GPUs do not divide over 3 nodes");
    assertThatThrownBy(() -> new Cluster(0, 1)).hasMessage("gpus is 0, must be at least 1");
    assertThatThrownBy(() -> new Cluster(2, 0))
        .hasMessage("slots per GPU is 0, must be at least 1");
  }
}
