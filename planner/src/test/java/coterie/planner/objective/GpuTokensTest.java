package coterie.planner.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomChanges;
import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.routing.EvenSplit;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GpuTokensTest {

  /** Two GPUs of two slots; expert 0 with 8 tokens lies on both: 4 + 3 and 4 + 1. */
  @Test
  void handWorked() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 0, 2});
    var tokens = new GpuTokens(placement, new double[] {8, 3, 1});
    assertThat(tokens.tokens(0)).isEqualTo(7);
    assertThat(tokens.tokens(1)).isEqualTo(5);
    assertThat(tokens.mean()).isEqualTo(6);
    // Expert 0 leaves GPU 1 for a second replica of 1: 8 + 1.5 and 1.5 + 1.
    var change = HostChange.reassign(0, 1, 1);
    assertThat(tokens.delta(change)).isEqualTo(2.5);
    assertThat(tokens.mostOfChanged(change)).isEqualTo(9.5);
    tokens.apply(change);
    assertThat(tokens.tokens(1)).isEqualTo(2.5);
  }

  @Test
  void deltaEqualsRecomputation() {
    int changes = 0;
    for (int seed = 0; seed < 100; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var load = new double[experts];
      Arrays.setAll(load, expert -> Math.exp(3 * random.nextDouble()));
      var slots = RandomProblems.placement(cluster, experts, random).toArray();
      var tokens = new GpuTokens(Placement.of(cluster, experts, slots), load);
      for (int i = 0; i < 60; i++) {
        var before = tokens.busiest();
        var change = RandomChanges.edit(cluster, experts, slots, random);
        if (change.isEmpty()) {
          continue;
        }
        changes++;
        double after =
            EvenSplit.imbalance(Placement.of(cluster, experts, slots), load) * tokens.mean();
        assertThat(tokens.delta(change.get())).isCloseTo(after - before, within(1e-9));
        assertThat(tokens.mostOfChanged(change.get())).isLessThanOrEqualTo(after + 1e-9);
        tokens.apply(change.get());
        assertThat(tokens.busiest()).isCloseTo(after, within(1e-9));
      }
    }
    assertThat(changes).isGreaterThan(2000);
  }
}
