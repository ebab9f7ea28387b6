package coterie.analytics;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import java.util.Map;

/**
 * What was counted.
 *
 * @param leaves each leaf with its tokens and the share of them that was sampled
 */
public record AnalyzeReceipt(Map<Leaf, LeafPlan> leaves) {

  public AnalyzeReceipt {
    leaves = Map.copyOf(leaves);
  }
}
