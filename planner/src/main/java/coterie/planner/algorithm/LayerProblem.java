package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenSets;
import coterie.planner.search.SearchBudget;
import java.util.List;

/**
 * One layer to place.
 *
 * @param cluster where to
 * @param layer hidden-layer id; parts of the random numbers of a plan hang on it
 * @param tokens what the layer's tokens called
 * @param batches tokens a step that will be served, each with the same share of the cost
 * @param stepsPerBatch steps drawn for each batch size above 1
 * @param budget how long a search may go on
 * @param seed of everything random
 */
public record LayerProblem(
    Cluster cluster,
    int layer,
    TokenSets tokens,
    List<Integer> batches,
    int stepsPerBatch,
    SearchBudget budget,
    long seed) {

  public LayerProblem {
    batches = List.copyOf(batches);
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("no batch sizes");
    }
  }

  public int experts() {
    return tokens.experts();
  }

  /** Random numbers for one purpose in this layer, and one batch size where it has several. */
  SeededRandom random(long purpose, long batch) {
    return SeededRandom.of(seed, layer, purpose, batch);
  }
}
