package coterie.planner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final Cluster TWO_BY_TWO = new Cluster(2, 2);

  @Test
  void slotsLieInGpuBlocks() {
    var placement = Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2, 0});
    assertThat(placement).hasToString("0 1 | 2 0");
    assertThat(placement.copies()).containsExactly(2, 1, 1);
    assertThat(TWO_BY_TWO.gpuOf(1)).isZero();
    assertThat(TWO_BY_TWO.gpuOf(2)).isEqualTo(1);
  }

  @Test
  void comparesByContent() {
    assertThat(Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2, 0}))
        .isEqualTo(Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2, 0}))
        .isNotEqualTo(Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2, 1}));
  }

  @Test
  void keepsItsSlotsToItself() {
    var given = new int[] {0, 1, 2, 0};
    var placement = Placement.of(TWO_BY_TWO, 3, given);
    given[0] = 2;
    placement.toArray()[1] = 2;
    assertThat(placement).hasToString("0 1 | 2 0");
  }

  @Test
  void refusesAnExpertTwiceOnOneGpu() {
    assertThatThrownBy(() -> Placement.of(TWO_BY_TWO, 3, new int[] {0, 0, 1, 2}))
        .hasMessage("GPU 0 holds expert 0 twice");
  }

  @Test
  void refusesAnExpertWithoutASlot() {
    assertThatThrownBy(() -> Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 1, 0}))
        .hasMessage("expert 2 has no slot");
  }

  @Test
  void refusesAnUnknownExpertAndAWrongLength() {
    assertThatThrownBy(() -> Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2, 3}))
        .hasMessage("slot 3 holds expert 3, must be in [0, 3)");
    assertThatThrownBy(() -> Placement.of(TWO_BY_TWO, 3, new int[] {0, 1, 2}))
        .hasMessage("placement has 3 slots, the cluster 4");
  }
}
