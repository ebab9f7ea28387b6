package coterie.planner.replay;

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
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.routing.RouterRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerReplayTest {

  /** 1 s to launch, 2 s to read an expert, computing is free. */
  private static final MoeTime TIME =
      new MoeTime(new HardwareProfile("toy", 1, 15, 1e30, 1e30), new ExpertShape(5, 2, 1.0));

  /**
   * Three experts on two GPUs, GPU 0 holds 0 and 1, GPU 1 holds 2 and 0 again. Four tokens: two
   * call {0,1}, one {1,2}, one {0,2}. Each can be spread, so one expert a GPU and 3 s every time.
   */
  @Test
  void handWorkedAtBatchOne() {
    var placement = Placement.of(new Cluster(2, 2), 3, new int[] {0, 1, 2, 0});
    var tokens =
        TokenSets.builder(3)
            .add(new int[] {0, 1}, 2)
            .add(new int[] {1, 2}, 1)
            .add(new int[] {0, 2}, 1)
            .build();
    var batches = TokenBatches.draw(tokens, 1, 1, new SeededRandom(0));
    var exact = LayerReplay.price(placement, RouterRule.EXACT, TIME, batches);
    assertThat(exact).isEqualTo(new StepStatistics(1, 0, 3, 3));
    // The engine's rule always takes replica 0 for the first token: {0,1} then shares GPU 0.
    var engine = LayerReplay.price(placement, RouterRule.VLLM, TIME, batches);
    assertThat(engine.meanExperts()).isEqualTo(1.5);
    assertThat(engine.meanSeconds()).isEqualTo(4);
  }

  @Test
  void agreesWithTheObjectiveOfTheSearch() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new SeededRandom(seed);
      var cluster = RandomProblems.cluster(random);
      int experts = RandomProblems.experts(cluster, random);
      var placement = RandomProblems.placement(cluster, experts, random);
      var tokens = RandomProblems.tokens(experts, 2, 40, random);
      for (int batch : new int[] {1, 3}) {
        var batches = TokenBatches.draw(tokens, batch, 200, random);
        var replayed = LayerReplay.price(placement, RouterRule.EXACT, TIME, batches);
        var searched = UnionCost.of(List.of(StepUnions.of(batches)), placement);
        assertThat(replayed.meanExperts()).isCloseTo(searched.experts(), within(1e-9));
      }
    }
  }

  /** Costs 1 and 2 alternate: the standard error is sqrt(0.25 / (n - 1)) for a drawn batch. */
  @Test
  void drawnBatchesCarryAStandardError() {
    var placement = Placement.of(new Cluster(2, 2), 4, new int[] {0, 1, 2, 3});
    var tokens = TokenSets.builder(4).add(new int[] {0, 1}, 1).add(new int[] {2, 3}, 1).build();
    var batches = TokenBatches.draw(tokens, 2, 400, new SeededRandom(3));
    var statistics = LayerReplay.price(placement, RouterRule.EXACT, TIME, batches);
    // Both tokens alike or not, some GPU runs two experts: no variance at all.
    assertThat(statistics.meanExperts()).isEqualTo(2);
    assertThat(statistics.standardErrorExperts()).isZero();
    var spread = Placement.of(new Cluster(2, 2), 4, new int[] {0, 2, 1, 3});
    var varied = LayerReplay.price(spread, RouterRule.EXACT, TIME, batches);
    double share = varied.meanExperts() - 1;
    assertThat(share).isBetween(0.4, 0.6);
    assertThat(varied.standardErrorExperts())
        .isCloseTo(Math.sqrt(share * (1 - share) / 399), within(1e-12));
  }
}
