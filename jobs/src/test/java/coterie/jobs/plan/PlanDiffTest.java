package coterie.jobs.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import coterie.ingest.error.UserError;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanDiffTest {

  private static final Cluster CLUSTER = new Cluster(2, 3);
  private static final int[] A = {0, 1, 2, 3, 0, 1};
  private static final int[] B = {3, 0, 1, 3, 2, 0};

  /** In layer 1 GPU 0 gains 3 and GPU 1 gains 2: expert 3 gains a replica, 1 loses one. */
  @Test
  void addsUpOverLayersAndGpus() {
    var diff = PlanDiff.of(plan("now", CLUSTER, A, A), plan("next", CLUSTER, A, B));
    assertThat(diff.slots()).isEqualTo(12);
    assertThat(diff.moved()).isEqualTo(2);
    assertThat(diff.moved(0)).isEqualTo(1);
    assertThat(diff.moved(1)).isEqualTo(1);
    assertThat(diff.layers().get(0).moved()).isZero();
    assertThat(diff.layers().get(1).moved()).isEqualTo(2);
    assertThat(diff.replicasGained()).isEqualTo(1);
    assertThat(diff.replicasLost()).isEqualTo(1);
  }

  @Test
  void otherGpusOrLayersAreRefusedByName() {
    var two = plan("two", CLUSTER, A);
    assertThatThrownBy(() -> PlanDiff.of(two, plan("three", new Cluster(3, 2), A)))
        .isInstanceOf(UserError.class)
        .hasMessage("plan 'two' has number of GPUs 2, plan 'three' 3");
    assertThatThrownBy(() -> PlanDiff.of(two, plan("deep", CLUSTER, A, A)))
        .hasMessage("plan 'two' has layers [0], plan 'deep' [0, 1]");
  }

  static Plan plan(String name, Cluster cluster, int[]... layers) {
    var placements = new TreeMap<Integer, Placement>();
    for (int layer = 0; layer < layers.length; layer++) {
      placements.put(layer, Placement.of(cluster, 4, layers[layer]));
    }
    var header =
        new Plan.Header(
            name, "m", "main", List.of(), "decode", cluster, List.of(1), "eplb", "exact", 1, 1, 1);
    return new Plan(header, placements);
  }
}
