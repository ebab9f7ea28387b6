package coterie.analytics;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was counted.
 *
 * @param leaves each leaf of tokens that was counted, with their number and the share of them that
 *     was sampled
 * @param countLeaves the same of sources that only count, with the tokens behind the counts
 * @param daysPresent days of data sets that the facts hold
 * @param daysCounted those of them that were counted, because they or the settings changed
 * @param daysGone that the facts no longer hold, nor now the statistics
 * @param rows written to each table, by its name, in the order of writing
 */
public record AnalyzeReceipt(
    Map<Leaf, LeafPlan> leaves,
    Map<Leaf, LeafPlan> countLeaves,
    int daysPresent,
    int daysCounted,
    int daysGone,
    Map<String, Long> rows) {

  public AnalyzeReceipt {
    leaves = Map.copyOf(leaves);
    countLeaves = Map.copyOf(countLeaves);
    rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
  }

  /** True if there was nothing to count. */
  public boolean isEmpty() {
    return daysPresent == 0 && daysGone == 0;
  }

  /** True if all statistics were those of the facts already. */
  public boolean isUnchanged() {
    return daysCounted == 0 && daysGone == 0;
  }
}
