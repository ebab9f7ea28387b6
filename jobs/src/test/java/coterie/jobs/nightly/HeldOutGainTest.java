package coterie.jobs.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.jobs.nightly.HeldOutGain.GroupCost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldOutGainTest {

  /**
   * Gains 0.1, 0.2, 0.3, 0.4: mean 0.25, standard deviation 0.1291, its error 0.0645; t of three
   * degrees of freedom is 3.1824, half the interval 0.2054.
   */
  @Test
  void theIntervalIsStudentsOverGroups() {
    var costs = new ArrayList<GroupCost>();
    for (int group = 0; group < 4; group++) {
      costs.add(new GroupCost(0, group, 5, 4 - 0.4 - 0.5 * group + 0.4));
      costs.add(new GroupCost(1, group, 5, 5 - 0.5 * group));
    }
    var gain = HeldOutGain.ofGroups(costs);
    assertThat(gain.gain()).isCloseTo(0.25, within(1e-12));
    assertThat(gain.low()).isCloseTo(0.25 - 0.2054, within(1e-4));
    assertThat(gain.high()).isCloseTo(0.25 + 0.2054, within(1e-4));
  }

  @Test
  void theOrderInWhichTasksEndDoesNotMatter() {
    var random = new Random(3);
    var costs = new ArrayList<GroupCost>();
    for (int layer = 0; layer < 12; layer++) {
      for (int group = 0; group < 16; group++) {
        costs.add(new GroupCost(layer, group, 1 + random.nextDouble(), 1 + random.nextDouble()));
      }
    }
    var gain = HeldOutGain.ofGroups(costs);
    Collections.shuffle(costs, random);
    assertThat(HeldOutGain.ofGroups(costs)).isEqualTo(gain);
  }

  @Test
  void fewGroupsProveNothing() {
    var gain = HeldOutGain.ofGroups(List.of(new GroupCost(0, 0, 2, 1), new GroupCost(0, 1, 2, 1)));
    assertThat(gain.gain()).isEqualTo(0.5);
    assertThat(gain.low()).isEqualTo(Double.NEGATIVE_INFINITY);
  }
}
