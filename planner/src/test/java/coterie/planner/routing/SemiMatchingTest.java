package coterie.planner.routing;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.BruteForce;
import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SemiMatchingTest {

  /**
   * Experts 0 and 1 both have a copy on GPU 1, expert 2 lies there alone. Greedy in the order 0, 1,
   * 2 can fill GPU 1 first; the optimum sends 0 to GPU 0 and 1 to GPU 2.
   */
  @Test
  void shiftsExpertsOutOfTheWay() {
    var placement = Placement.of(new Cluster(3, 2), 4, new int[] {0, 3, 0, 1, 1, 2});
    assertThat(solve(placement, 0, 1, 2)).isEqualTo(1);
  }

  /** Three experts confined to two GPUs put two on one of them, though a third GPU is idle. */
  @Test
  void provesWhatCannotBeAvoided() {
    var placement = Placement.of(new Cluster(3, 2), 5, new int[] {0, 1, 0, 2, 3, 4});
    var matching = new SemiMatching(3, 5);
    activate(matching, 0, 1, 2);
    assertThat(matching.solve(3, ReplicaTable.of(placement))).isEqualTo(2);
    assertThat(matching.tightSize()).isEqualTo(2);
    assertThat(matching.tight(2)).isFalse();
  }

  @Test
  void equalsBruteForceOnThousandsOfSteps() {
    for (int seed = 0; seed < 400; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var replicas = ReplicaTable.of(RandomProblems.placement(cluster, experts, random));
      var matching = new SemiMatching(cluster.gpus(), experts);
      var all = IntStream.range(0, experts).toArray();
      for (int i = 0; i < 20; i++) {
        random.shuffle(all);
        var step = Arrays.copyOf(all, 1 + random.nextInt(Math.min(9, experts)));
        activate(matching, step);
        int solved = matching.solve(step.length, replicas);
        assertThat(solved).as("seed %s", seed).isEqualTo(BruteForce.leastMaximum(step, replicas));
        checkRouting(matching, step, replicas, solved);
        checkProof(matching, step, replicas, solved);
        assertThat(matching.fits(step.length, replicas, solved)).isTrue();
        assertThat(matching.fits(step.length, replicas, solved - 1)).isFalse();
      }
    }
  }

  private static void checkRouting(
      SemiMatching matching, int[] step, ReplicaTable replicas, int solved) {
    var load = new int[replicas.gpuCount()];
    for (int i = 0; i < step.length; i++) {
      assertThat(replicas.holds(matching.gpuOf(i), step[i])).isTrue();
      load[matching.gpuOf(i)]++;
    }
    assertThat(Arrays.stream(load).max()).hasValue(solved);
    for (int gpu = 0; gpu < load.length; gpu++) {
      assertThat(matching.load(gpu)).isEqualTo(load[gpu]);
    }
  }

  /** A proof is there exactly if the optimum is above ceil(n / G), and it holds water. */
  private static void checkProof(
      SemiMatching matching, int[] step, ReplicaTable replicas, int solved) {
    int gpus = replicas.gpuCount();
    boolean above = solved > (step.length + gpus - 1) / gpus;
    assertThat(matching.tightSize() > 0).isEqualTo(above);
    if (above) {
      long confined = Arrays.stream(step).filter(e -> confined(matching, replicas, e)).count();
      assertThat(confined).isGreaterThan((solved - 1L) * matching.tightSize());
    }
  }

  private static boolean confined(SemiMatching matching, ReplicaTable replicas, int expert) {
    return IntStream.range(0, replicas.copies(expert))
        .allMatch(i -> matching.tight(replicas.gpu(expert, i)));
  }

  private static int solve(Placement placement, int... step) {
    var matching = new SemiMatching(placement.cluster().gpus(), placement.experts());
    activate(matching, step);
    return matching.solve(step.length, ReplicaTable.of(placement));
  }

  private static void activate(SemiMatching matching, int... step) {
    System.arraycopy(step, 0, matching.active(step.length), 0, step.length);
  }
}
