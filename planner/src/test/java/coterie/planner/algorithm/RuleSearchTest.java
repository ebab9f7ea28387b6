package coterie.planner.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.planner.RandomProblems;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import coterie.planner.model.TokenSets;
import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.HardwareProfile;
import coterie.planner.profile.MoeTime;
import coterie.planner.routing.GpuLoad;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuleSearchTest {

  @Test
  void withoutSparesHasTheFewestEvenSlots() {
    assertThat(RuleSearch.withoutSpares(new Cluster(8, 6), 32)).isEqualTo(new Cluster(8, 4));
    assertThat(RuleSearch.withoutSpares(new Cluster(3, 4), 7)).isEqualTo(new Cluster(3, 3));
    var uneven = Cluster.ofSlots(1, 1, 4, 4);
    assertThat(RuleSearch.withoutSpares(uneven, 7)).isEqualTo(uneven);
  }

  @ParameterizedTest
  @EnumSource(names = {"SGLANG", "VLLM", "VLLM_DP", "TENSORRT_LLM", "VLLM_ASCEND", "RANK_MAP"})
  void costsLessThanEplbUnderTheRule(RouterRule rule) {
    double ours = 0;
    double eplb = 0;
    for (int seed = 0; seed < 6; seed++) {
      var random = new SeededRandom(seed);
      var cluster = new Cluster(4, 4);
      // 12 experts leave a whole slot on each GPU, 13 do not.
      int experts = 12 + seed % 2;
      var tokens = RandomProblems.tokens(experts, 3, 30, random);
      ours += cost(planned(cluster, tokens, rule), rule, tokens);
      var load = tokens.expertLoad();
      var slots = Eplb.soundPlacement(cluster, load);
      eplb += cost(Placement.of(cluster, experts, slots), rule, tokens);
    }
    assertThat(ours).isLessThan(eplb);
  }

  private static Placement planned(Cluster cluster, TokenSets tokens, RouterRule rule) {
    var problem =
        LayerProblem.of(cluster, 0, tokens, List.of(1, 4), 200, SearchBudget.ofProposals(1000), 1)
            .withRouter(rule);
    return ((PlanningOutcome.Planned) PlannerKind.LOCAL_SEARCH.plan(problem)).placement();
  }

  /** Mean of batch sizes 1 and 4, on steps of its own. */
  private static double cost(Placement placement, RouterRule rule, TokenSets tokens) {
    var time = new MoeTime(HardwareProfile.H100, new ExpertShape(1, 1, 1));
    var load = new GpuLoad(placement.cluster().gpus());
    double cost = 0;
    for (int batch : new int[] {1, 4}) {
      var drawn = TokenBatches.draw(tokens, batch, 500, new SeededRandom(99));
      var batches = rule.attention().place(drawn, placement.cluster().gpus());
      var router = rule.create(placement, time.pairsPerCopy());
      double sum = 0;
      double weight = 0;
      for (int step = 0; step < batches.size(); step++) {
        router.route(batches, step, load);
        sum += batches.weight(step) * load.mostCopies();
        weight += batches.weight(step);
      }
      cost += sum / weight / 2;
    }
    return cost;
  }
}
