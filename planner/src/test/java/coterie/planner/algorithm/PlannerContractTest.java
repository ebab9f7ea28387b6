package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.search.SearchBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every planner keeps on any problem: it answers, with a sound placement on the cluster that
 * it was given or with a reason and an advice; twice the same. A new planner is held to it by being
 * a constant of {@link PlannerKind}.
 *
 * <p>Problems have nodes, expert groups, several data sets and a placement in use; a planner may
 * find any of them infeasible, but not all.
 */
class PlannerContractTest {

  private static final int PROBLEMS = 42;

  @ParameterizedTest
  @EnumSource
  void answersSoundlyAndAgainTheSame(PlannerKind kind) {
    int planned = 0;
    for (int seed = 0; seed < PROBLEMS; seed++) {
      var problem = problem(seed);
      var outcome = kind.plan(problem);
      assertThat(kind.plan(problem)).as("%s, seed %s", kind, seed).isEqualTo(outcome);
      if (outcome instanceof PlanningOutcome.Planned found) {
        planned++;
        // A Placement covers every expert and holds no twin, or it could not be made.
        assertThat(found.placement().cluster()).isEqualTo(problem.cluster());
        assertThat(found.placement().experts()).isEqualTo(problem.experts());
      } else {
        var infeasible = (PlanningOutcome.Infeasible) outcome;
        assertThat(infeasible.reason().lines()).as("%s, seed %s", kind, seed).hasSize(1);
        assertThat(infeasible.advice().lines()).as("%s, seed %s", kind, seed).hasSize(1);
      }
    }
    assertThat(planned).as("problems that %s could plan", kind).isPositive();
  }

  /** Planning must not change what it is given. */
  @ParameterizedTest
  @EnumSource
  void leavesTheProblemAsItIs(PlannerKind kind) {
    for (int seed = 0; seed < 10; seed++) {
      var problem = problem(seed);
      var loads = problem.tokens().expertLoad().clone();
      var current = problem.current().map(Object::toString);
      kind.plan(problem);
      assertThat(problem.tokens().expertLoad()).containsExactly(loads);
      assertThat(problem.current().map(Object::toString)).isEqualTo(current);
    }
  }

  /** Every third problem is tiny, for planners that try everything. */
  private static LayerProblem problem(int seed) {
    var random = new SeededRandom(seed);
    int nodes = 1 + random.nextInt(2);
    boolean tiny = seed % 3 == 0;
    int gpus = tiny ? 2 : nodes * (2 + random.nextInt(2));
    var cluster = new Cluster(nodes, gpus, tiny ? 2 : 2 + random.nextInt(3));
    int experts = RandomProblems.experts(cluster, random);
    var data = new ArrayList<WeightedTokens>();
    for (int i = 0; i <= random.nextInt(2); i++) {
      var tokens = RandomProblems.tokens(experts, 2, 20, random);
      data.add(new WeightedTokens("data " + i, tokens, 1 + i));
    }
    var problem =
        LayerProblem.of(
                cluster,
                seed,
                data.get(0).tokens(),
                List.of(1, 2),
                40,
                SearchBudget.ofProposals(300),
                seed)
            .withData(data)
            .withGroups(experts % 2 == 0 ? 2 : 1);
    return random.nextInt(2) == 0
        ? problem
        : problem.withCurrent(Optional.of(RandomProblems.placement(cluster, experts, random)));
  }
}
