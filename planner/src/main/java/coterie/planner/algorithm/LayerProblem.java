package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.RouterRule;
import coterie.planner.search.SearchBudget;
import java.util.List;
import java.util.Optional;

/**
 * One layer to place.
 *
 * @param cluster where to
 * @param layer hidden-layer id; parts of the random numbers of a plan hang on it
 * @param data what the layer's tokens called, one entry a data set; all of as many experts
 * @param goal what the placement shall be good at
 * @param router the rule that the placement will be served under
 * @param current the placement in use, of the same GPUs and experts; empty if none is
 * @param groups expert groups of the model, a divisor of its experts; 1 if it has none
 * @param stepsPerBatch steps drawn for each batch size above 1, over all data sets together
 * @param budget how long a search may go on
 * @param seed of everything random
 */
public record LayerProblem(
    Cluster cluster,
    int layer,
    List<WeightedTokens> data,
    Goal goal,
    RouterRule router,
    Optional<Placement> current,
    int groups,
    int stepsPerBatch,
    SearchBudget budget,
    long seed) {

  public LayerProblem {
    data = List.copyOf(data);
    if (data.isEmpty()) {
      throw new IllegalArgumentException("no data sets");
    }
    int experts = data.get(0).tokens().experts();
    for (var set : data) {
      if (set.tokens().experts() != experts) {
        throw new IllegalArgumentException(
            "data sets %s and %s are of %d and %d experts"
                .formatted(data.get(0).name(), set.name(), experts, set.tokens().experts()));
      }
    }
    if (groups < 1 || experts % groups != 0) {
      throw new IllegalArgumentException(
          "%d experts in %d groups: must divide".formatted(experts, groups));
    }
    current.ifPresent(
        placement -> {
          if (placement.experts() != experts || placement.cluster().gpus() != cluster.gpus()) {
            throw new IllegalArgumentException(
                "the current placement has %d experts on %d GPUs, the layer %d on %d"
                    .formatted(
                        placement.experts(), placement.cluster().gpus(), experts, cluster.gpus()));
          }
        });
  }

  /** One data set, all batch sizes alike, exact routing, no current placement, no groups. */
  public static LayerProblem of(
      Cluster cluster,
      int layer,
      TokenSets tokens,
      List<Integer> batches,
      int stepsPerBatch,
      SearchBudget budget,
      long seed) {
    return new LayerProblem(
        cluster,
        layer,
        List.of(new WeightedTokens("tokens", tokens, 1)),
        Goal.ofBatches(batches),
        RouterRule.EXACT,
        Optional.empty(),
        1,
        stepsPerBatch,
        budget,
        seed);
  }

  public LayerProblem withCluster(Cluster other) {
    return new LayerProblem(
        other, layer, data, goal, router, current, groups, stepsPerBatch, budget, seed);
  }

  public LayerProblem withData(List<WeightedTokens> other) {
    return new LayerProblem(
        cluster, layer, other, goal, router, current, groups, stepsPerBatch, budget, seed);
  }

  public LayerProblem withGoal(Goal other) {
    return new LayerProblem(
        cluster, layer, data, other, router, current, groups, stepsPerBatch, budget, seed);
  }

  public LayerProblem withRouter(RouterRule other) {
    return new LayerProblem(
        cluster, layer, data, goal, other, current, groups, stepsPerBatch, budget, seed);
  }

  public LayerProblem withCurrent(Optional<Placement> other) {
    return new LayerProblem(
        cluster, layer, data, goal, router, other, groups, stepsPerBatch, budget, seed);
  }

  public LayerProblem withGroups(int other) {
    return new LayerProblem(
        cluster, layer, data, goal, router, current, other, stepsPerBatch, budget, seed);
  }

  public LayerProblem withBudget(SearchBudget other) {
    return new LayerProblem(
        cluster, layer, data, goal, router, current, groups, stepsPerBatch, other, seed);
  }

  public LayerProblem withSeed(long other) {
    return new LayerProblem(
        cluster, layer, data, goal, router, current, groups, stepsPerBatch, budget, other);
  }

  public int experts() {
    return data.get(0).tokens().experts();
  }

  /** Tokens a step that will be served. */
  public List<Integer> batches() {
    return goal.batches();
  }

  /** The sets of all data sets together, each data set with its share of the tokens. */
  public TokenSets tokens() {
    if (data.size() == 1) {
      return data.get(0).tokens();
    }
    double allTokens = data.stream().mapToDouble(set -> set.tokens().totalTokens()).sum();
    double allShares = data.stream().mapToDouble(WeightedTokens::share).sum();
    var builder = TokenSets.builder(experts());
    for (var set : data) {
      var tokens = set.tokens();
      double scale = set.share() / allShares * allTokens / tokens.totalTokens();
      for (int i = 0; i < tokens.size(); i++) {
        builder.add(tokens.set(i), tokens.tokens(i) * scale);
      }
    }
    return builder.build();
  }

  /** Random numbers for one purpose in this layer, and one batch size where it has several. */
  SeededRandom random(long purpose, long batch) {
    return SeededRandom.of(seed, layer, purpose, batch);
  }
}
