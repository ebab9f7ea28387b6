package coterie.analytics;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import java.util.Map;

/**
 * What was counted.
 *
 * @param leaves each leaf of tokens with their number and the share of them that was sampled
 * @param countLeaves each leaf of sources that only count, with the tokens behind the counts
 */
public record AnalyzeReceipt(Map<Leaf, LeafPlan> leaves, Map<Leaf, LeafPlan> countLeaves) {

  public AnalyzeReceipt {
    leaves = Map.copyOf(leaves);
    countLeaves = Map.copyOf(countLeaves);
  }

  /** True if there was nothing to count. */
  public boolean isEmpty() {
    return leaves.isEmpty() && countLeaves.isEmpty();
  }
}
