package coterie.analytics.kernel;

import coterie.analytics.table.ExpertSubsetTable;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Frequent subsets as rows; {@link ExpertSubsetTable} says in words what makes one frequent. */
public final class Subsets {

  private Subsets() {}

  /** Tokens that must call a subset. */
  public static long minTokens(double minSupport, long layerTokens) {
    return Math.max(1, (long) Math.ceil(minSupport * layerTokens));
  }

  /** The row of a subset that {@code tokens} called. */
  public static Row row(
      LeafLayer key,
      LeafPlan plan,
      LayerSummary summary,
      Map.Entry<ExpertSubset, Long> counted,
      double minSupport) {
    var subset = counted.getKey();
    long tokens = counted.getValue();
    double all = (double) plan.tokens();
    double independent = 1;
    for (int i = 0; i < subset.size(); i++) {
      independent *= summary.load(subset.expert(i)) / all;
    }
    return CountRows.rowOf(
        key.leaf(),
        plan.model().moeLayers().get(key.layer()),
        plan.tokens(),
        subset.size(),
        subset.boxed(),
        tokens,
        minTokens(minSupport, plan.tokens()),
        tokens / all,
        tokens / all / independent);
  }

  /** A pair as a subset. */
  public static ExpertSubset pair(int a, int b) {
    return new ExpertSubset(new short[] {(short) a, (short) b});
  }
}
