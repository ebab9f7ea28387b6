package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.BruteForce;
import coterie.planner.RandomProblems;
import coterie.planner.bound.CeilBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.StepUnions;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.ReplicaTable;
import coterie.planner.search.SearchBudget;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every planner must keep, on seeded random problems; {@link Placement} checks soundness. */
class PlannerVerifierTest {

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXHAUSTIVE")
  void coversEveryExpertWithoutTwinsAndAboveTheCertificate(PlannerKind kind) {
    for (int seed = 0; seed < 60; seed++) {
      var problem = problem(seed);
      var placement = planned(kind, problem);
      assertThat(placement.cluster()).isEqualTo(problem.cluster());
      assertThat(placement.experts()).isEqualTo(problem.experts());
      var steps = StepUnions.of(TokenBatches.draw(problem.tokens(), 1, 1, new SeededRandom(0)));
      assertThat(BruteForce.experts(steps, ReplicaTable.of(placement)))
          .isGreaterThanOrEqualTo(CeilBound.experts(steps, problem.cluster().gpus()) - 1e-9);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXHAUSTIVE")
  void theSameSeedGivesTheSamePlacement(PlannerKind kind) {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(planned(kind, problem(seed))).isEqualTo(planned(kind, problem(seed)));
    }
  }

  /** Whoever places experts themselves may give each GPU its own room; nodes and groups too. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXHAUSTIVE")
  void gpusMayHaveDifferentNumbersOfSlots(PlannerKind kind) {
    for (int seed = 0; seed < 40; seed++) {
      var random = new SeededRandom(seed);
      int more = random.nextInt(3);
      var cluster = Cluster.ofSlots(2, 3, 2 + more, 1 + more, 4);
      int experts = 8 + 4 * random.nextInt(1 + more / 2);
      var problem =
          problem(cluster, RandomProblems.tokens(experts, 2, 30, random), seed)
              .withGroups(seed % 2 == 0 ? 4 : 1);
      if (kind.plan(problem) instanceof PlanningOutcome.Infeasible infeasible) {
        assertThat(infeasible.reason()).as("%s, seed %s", kind, seed).startsWith("node ");
        continue;
      }
      assertThat(planned(kind, problem).cluster()).isEqualTo(cluster);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tooFewSlotsIsAnAnswer(PlannerKind kind) {
    var problem =
        problem(new Cluster(2, 2), RandomProblems.tokens(5, 2, 5, new SeededRandom(1)), 1);
    assertThat(kind.plan(problem))
        .isEqualTo(
            new PlanningOutcome.Infeasible(
                "2 GPUs x 2 slots = 4 slots for 5 experts, 1 too few",
                "at least 3 slots per GPU are needed"));
  }

  @ParameterizedTest
  @EnumSource
  void moreSlotsThanExpertsOnAGpuIsAnAnswer(PlannerKind kind) {
    var problem =
        problem(new Cluster(2, 4), RandomProblems.tokens(3, 2, 5, new SeededRandom(1)), 1);
    assertThat(kind.plan(problem)).isInstanceOf(PlanningOutcome.Infeasible.class);
  }

  @Test
  void localSearchNeverCostsMoreThanEplbOnItsOwnSteps() {
    for (int seed = 0; seed < 40; seed++) {
      var problem = problem(seed);
      var steps = StepUnions.of(TokenBatches.draw(problem.tokens(), 1, 1, new SeededRandom(0)));
      assertThat(cost(PlannerKind.LOCAL_SEARCH, problem, steps))
          .isLessThanOrEqualTo(cost(PlannerKind.EPLB, problem, steps) + 1e-9);
    }
  }

  /** Every placement of tiny problems is tried; the search must find one that is as good. */
  @Test
  void localSearchFindsTheOptimumOfTinyProblems() {
    for (int seed = 0; seed < 40; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(2 + random.nextInt(2), 2);
      int experts = cluster.slots() - random.nextInt(2);
      var problem = problem(cluster, RandomProblems.tokens(experts, 2, 8, random), seed);
      var steps = StepUnions.of(TokenBatches.draw(problem.tokens(), 1, 1, new SeededRandom(0)));
      double optimum = optimum(cluster, experts, steps, new int[cluster.slots()], 0);
      assertThat(cost(PlannerKind.LOCAL_SEARCH, problem, steps)).isLessThan(optimum + 1e-9);
    }
  }

  private static double optimum(
      Cluster cluster, int experts, StepUnions steps, int[] slots, int next) {
    if (next == slots.length) {
      try {
        var placement = Placement.of(cluster, experts, slots);
        return BruteForce.experts(steps, ReplicaTable.of(placement));
      } catch (IllegalArgumentException unsound) {
        return Double.MAX_VALUE;
      }
    }
    double best = Double.MAX_VALUE;
    // The order of slots within a GPU does not matter: let them ascend.
    int first = next % cluster.slotsPerGpu() == 0 ? 0 : slots[next - 1] + 1;
    for (int expert = first; expert < experts; expert++) {
      slots[next] = expert;
      best = Math.min(best, optimum(cluster, experts, steps, slots, next + 1));
    }
    return best;
  }

  private static double cost(PlannerKind kind, LayerProblem problem, StepUnions steps) {
    return BruteForce.experts(steps, ReplicaTable.of(planned(kind, problem)));
  }

  private static Placement planned(PlannerKind kind, LayerProblem problem) {
    return ((PlanningOutcome.Planned) kind.plan(problem)).placement();
  }

  private static LayerProblem problem(int seed) {
    var random = new SeededRandom(seed);
    var cluster = RandomProblems.cluster(random);
    int experts = RandomProblems.experts(cluster, random);
    return problem(cluster, RandomProblems.tokens(experts, 2, 30, random), seed);
  }

  private static LayerProblem problem(Cluster cluster, TokenSets tokens, long seed) {
    return LayerProblem.of(
        cluster, 0, tokens, List.of(1), 50, SearchBudget.ofProposals(3000), seed);
  }
}
