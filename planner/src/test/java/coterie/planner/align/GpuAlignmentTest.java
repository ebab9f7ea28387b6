package coterie.planner.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.EvenSplit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GpuAlignmentTest {

  /** Every token goes from expert e to expert e; the next layer holds them the other way round. */
  @Test
  void handWorked() {
    var cluster = new Cluster(2, 1);
    var transitions = Transitions.of(2, new double[] {5, 0, 0, 3});
    var layers =
        List.of(
            Placement.of(cluster, 2, new int[] {0, 1}), Placement.of(cluster, 2, new int[] {1, 0}));
    assertThat(transitions.movedShare(layers.get(0), layers.get(1))).isEqualTo(1);
    var aligned = GpuAlignment.align(layers, List.of(transitions));
    assertThat(aligned.get(1)).isEqualTo(layers.get(0));
    assertThat(transitions.movedShare(aligned.get(0), aligned.get(1))).isEqualTo(0);
  }

  /** Expert 0 on both GPUs, 1 and 2 on one each: half of 0's pairs with itself stay. */
  @Test
  void replicasSplitEvenly() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 0, 2});
    var transitions = Transitions.of(3, new double[] {4, 0, 0, 0, 4, 0, 0, 0, 0});
    assertThat(transitions.movedShare(placement, placement)).isEqualTo(0.25);
  }

  @Test
  void neverMovesMoreAndLeavesEveryLayerAsGood() {
    for (int seed = 0; seed < 60; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2, 4, 3);
      var sets = RandomProblems.tokens(10, 3, 30, random);
      var layers =
          List.of(
              RandomProblems.placement(cluster, 10, random),
              RandomProblems.placement(cluster, 10, random),
              RandomProblems.placement(cluster, 10, random));
      var transitions = List.of(transitions(10, random), transitions(10, random));
      var aligned = GpuAlignment.align(layers, transitions);
      double before = moved(layers, transitions);
      assertThat(moved(aligned, transitions)).isLessThanOrEqualTo(before + 1e-12);
      for (int i = 0; i < layers.size(); i++) {
        var price = new TrafficPrice(1, 2);
        assertThat(TrafficCost.of(sets, aligned.get(i), price).total())
            .isEqualTo(TrafficCost.of(sets, layers.get(i), price).total());
        assertThat(EvenSplit.imbalance(aligned.get(i), sets.expertLoad()))
            .isCloseTo(EvenSplit.imbalance(layers.get(i), sets.expertLoad()), within(1e-12));
      }
    }
  }

  /** All 3! * 3! renamings of the last two layers are tried. */
  @Test
  void isOptimalForTheChain() {
    for (int seed = 0; seed < 10; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(3, 2);
      var layers =
          List.of(
              RandomProblems.placement(cluster, 5, random),
              RandomProblems.placement(cluster, 5, random),
              RandomProblems.placement(cluster, 5, random));
      var transitions = List.of(transitions(5, random), transitions(5, random));
      double least = Double.POSITIVE_INFINITY;
      for (var second : renamings(layers.get(1))) {
        for (var third : renamings(layers.get(2))) {
          least = Math.min(least, moved(List.of(layers.get(0), second, third), transitions));
        }
      }
      assertThat(moved(GpuAlignment.align(layers, transitions), transitions))
          .isCloseTo(least, within(1e-12));
    }
  }

  /** The GPU of one slot cannot take the name of the one of two. */
  @Test
  void unequalGpusKeepTheirPlaces() {
    var cluster = Cluster.ofSlots(1, 2, 1);
    var layer = Placement.of(cluster, 3, new int[] {0, 1, 2});
    var next = Placement.of(cluster, 3, new int[] {2, 1, 0});
    var transitions = Transitions.of(3, new double[] {9, 0, 0, 0, 0, 0, 0, 0, 9});
    assertThat(GpuAlignment.align(List.of(layer, next), List.of(transitions)).get(1))
        .isEqualTo(next);
  }

  private static double moved(List<Placement> layers, List<Transitions> transitions) {
    double moved = 0;
    for (int i = 0; i < transitions.size(); i++) {
      moved += transitions.get(i).movedShare(layers.get(i), layers.get(i + 1));
    }
    return moved;
  }

  private static List<Placement> renamings(Placement layer) {
    return Stream.of(
            new int[] {0, 1, 2},
            new int[] {0, 2, 1},
            new int[] {1, 0, 2},
            new int[] {1, 2, 0},
            new int[] {2, 0, 1},
            new int[] {2, 1, 0})
        .map(
            order -> {
              var slots = new int[6];
              for (int slot = 0; slot < 6; slot++) {
                slots[2 * order[slot / 2] + slot % 2] = layer.expertAt(slot);
              }
              return Placement.of(layer.cluster(), layer.experts(), slots);
            })
        .toList();
  }

  private static Transitions transitions(int experts, SeededRandom random) {
    var pairs = new double[experts * experts];
    Arrays.setAll(pairs, i -> random.nextInt(10));
    return Transitions.of(experts, pairs);
  }
}
