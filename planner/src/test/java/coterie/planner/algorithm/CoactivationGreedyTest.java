package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.UnionCost;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoactivationGreedyTest {

  /** 0 and 3 act together, 1 and 2 too: each pair has to part. */
  @Test
  void partsWhatActsTogether() {
    var sets = TokenSets.builder(4).add(new int[] {0, 3}, 5).add(new int[] {1, 2}, 4).build();
    var cluster = new Cluster(2, 2);
    assertThat(Placement.of(cluster, 4, CoactivationGreedy.slots(cluster, sets)))
        .hasToString("0 1 | 3 2");
  }

  /**
   * Three experts that always act together on two GPUs with one spare slot each: two of them meet
   * somewhere, and a second replica of one of these on the other GPU relieves.
   */
  @Test
  void sparesGoToTheMostConflicting() {
    var sets =
        TokenSets.builder(4)
            .add(new int[] {0, 1}, 9)
            .add(new int[] {0, 2}, 8)
            .add(new int[] {1, 2}, 7)
            .add(new int[] {3}, 1)
            .build();
    var cluster = new Cluster(2, 3);
    var placement = Placement.of(cluster, 4, CoactivationGreedy.slots(cluster, sets));
    assertThat(placement.copies()[3]).as("expert 3 meets nobody").isEqualTo(1);
    var steps = StepUnions.of(TokenBatches.draw(sets, 1, 1, new SeededRandom(0)));
    assertThat(UnionCost.of(List.of(steps), placement).value()).isCloseTo(1, within(1e-9));
  }

  @Test
  void isBetterThanChanceOnDistinctExperts() {
    double greedy = 0;
    double random = 0;
    for (int seed = 0; seed < 30; seed++) {
      var drawn = new SeededRandom(seed);
      var cluster = new Cluster(4, 4);
      var sets = RandomProblems.tokens(14, 3, 20, drawn);
      var steps = List.of(StepUnions.of(TokenBatches.draw(sets, 1, 1, drawn)));
      greedy +=
          UnionCost.of(steps, Placement.of(cluster, 14, CoactivationGreedy.slots(cluster, sets)))
              .value();
      random += UnionCost.of(steps, RandomProblems.placement(cluster, 14, drawn)).value();
    }
    assertThat(greedy).isLessThan(0.9 * random);
  }
}
