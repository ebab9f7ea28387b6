package coterie.planner.search;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.UnionCost;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnealingTest {

  private static final Cooling COOLING = new Cooling(2e-3, 3e-5);
  private static final Cluster CLUSTER = new Cluster(4, 3);

  /**
   * Eight experts that act in pairs (0,1), (2,3), (4,5), (6,7), in 12 slots. Starting with every
   * pair on one GPU, a perfect plan has each pair apart.
   */
  @Test
  void separatesExpertsThatActTogether() {
    var steps = pairs();
    var start = Placement.of(CLUSTER, 8, new int[] {0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 0});
    var found =
        Annealing.improve(
            start,
            UnionCost.of(steps, start),
            COOLING,
            SearchBudget.ofProposals(4000),
            new SeededRandom(1));
    assertThat(UnionCost.of(steps, found).experts()).isEqualTo(1);
  }

  @Test
  void aStopSignalReturnsTheBestSoFar() {
    var steps = pairs();
    var start = Placement.of(CLUSTER, 8, new int[] {0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 0});
    var asked = new int[1];
    var budget = new SearchBudget(Long.MAX_VALUE, () -> ++asked[0] > 3);
    var found =
        Annealing.improve(start, UnionCost.of(steps, start), COOLING, budget, new SeededRandom(1));
    assertThat(asked[0]).isEqualTo(4);
    assertThat(UnionCost.of(steps, found).total())
        .isLessThanOrEqualTo(UnionCost.of(steps, start).total());
  }

  private static List<StepUnions> pairs() {
    var tokens = TokenSets.builder(8);
    for (int expert = 0; expert < 8; expert += 2) {
      tokens.add(new int[] {expert, expert + 1}, 1);
    }
    return List.of(StepUnions.of(TokenBatches.draw(tokens.build(), 1, 1, new SeededRandom(0))));
  }
}
