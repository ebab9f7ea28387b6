package coterie.jobs.command;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanDiff;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiffReportTest {

  private static final Cluster CLUSTER = new Cluster(2, 3);
  private static final int[] A = {0, 1, 2, 3, 0, 1};
  private static final int[] B = {3, 0, 1, 3, 2, 0};

  private static PlanDiff small() {
    return PlanDiff.of(plan("now", CLUSTER, 4, A, A), plan("next", CLUSTER, 4, A, B));
  }

  @Test
  void tellsMovesByLayerAndByGpu() {
    assertThat(new DiffReport(small(), OptionalDouble.of(24_883_200)).text())
        .isEqualTo(
            """
            diff 'now' to 'next':
              2 of 12 slots moved (16.7 %), 49.8 MB; replicas +1 -1

            layer  slots moved    MB  replicas gained  replicas lost  most on a GPU
            -----------------------------------------------------------------------
                0            0   0.0                0              0              0
                1            2  49.8                1              1              1

            GPU  slots moved    MB
            ----------------------
              0            1  24.9
              1            1  24.9
            """);
  }

  @Test
  void programsGetTheMovesOfEachLayerToEachGpu() {
    assertThat(new DiffReport(small(), OptionalDouble.of(10)).json())
        .isEqualTo(
            "{\"from\":\"now\",\"to\":\"next\",\"slots\":12,\"slots_moved\":2,\"bytes_moved\":20,"
                + "\"replicas_gained\":1,\"replicas_lost\":1,\"slots_moved_to_gpu\":[1,1],"
                + "\"layers\":[{\"layer\":0,\"slots_moved\":0,\"bytes_moved\":0,"
                + "\"replicas_gained\":0,\"replicas_lost\":0,\"slots_moved_to_gpu\":[0,0]},"
                + "{\"layer\":1,\"slots_moved\":2,\"bytes_moved\":20,"
                + "\"replicas_gained\":1,\"replicas_lost\":1,\"slots_moved_to_gpu\":[1,1]}]}\n");
  }

  @Test
  void bytesAreLeftOutWhereTheExpertsSizeIsNotKnown() {
    var report = new DiffReport(small(), OptionalDouble.empty());
    assertThat(report.text()).contains("the model's expert size is not known");
    assertThat(report.json()).contains("\"bytes_moved\":null");
  }

  /** 61 layers of 256 experts on 320 GPUs, all moved. */
  @Test
  void fitsAHundredColumns() {
    var cluster = new Cluster(320, 1);
    var here = IntStream.range(0, 320).map(slot -> slot % 256).toArray();
    var there = IntStream.range(0, 320).map(slot -> (slot + 1) % 256).toArray();
    var from = plan("the-plan-that-is-in-use-now", cluster, 256, copies(here));
    var to = plan("the-plan-that-shall-follow-it", cluster, 256, copies(there));
    var report = new DiffReport(PlanDiff.of(from, to), OptionalDouble.of(44e6));
    assertThat(report.text().lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100))
        .hasSizeGreaterThan(61 + 320);
  }

  private static int[][] copies(int[] layer) {
    return IntStream.range(0, 61).mapToObj(i -> layer).toArray(int[][]::new);
  }

  private static Plan plan(String name, Cluster cluster, int experts, int[]... layers) {
    var placements = new TreeMap<Integer, Placement>();
    for (int layer = 0; layer < layers.length; layer++) {
      placements.put(layer, Placement.of(cluster, experts, layers[layer]));
    }
    var header =
        new Plan.Header(
            name, "m", "main", List.of(), "decode", cluster, List.of(1), "eplb", "exact", 1, 1, 1);
    return new Plan(header, placements);
  }
}
