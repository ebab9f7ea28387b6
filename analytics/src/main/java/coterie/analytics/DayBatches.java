package coterie.analytics;

import coterie.analytics.kernel.Leaf;
import coterie.analytics.kernel.LeafPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Days that are counted together: as many as the driver can hold the loads and pairs of. */
final class DayBatches {

  /** What the driver holds of a batch at most, unless a single day has more. */
  private static final long MAX_BYTES = 64L << 20;

  private DayBatches() {}

  static List<Set<DataDay>> of(Collection<DataDay> days, Map<Leaf, LeafPlan> plans) {
    var bytes = new HashMap<DataDay, Long>();
    plans.forEach((leaf, plan) -> bytes.merge(DataDay.of(leaf), summaryBytes(plan), Long::sum));
    var batches = new ArrayList<Set<DataDay>>();
    long filled = MAX_BYTES;
    for (var day : days) {
      long own = bytes.getOrDefault(day, 0L);
      if (filled + own > MAX_BYTES || batches.isEmpty()) {
        batches.add(new LinkedHashSet<>());
        filled = 0;
      }
      batches.get(batches.size() - 1).add(day);
      filled += own;
    }
    return batches;
  }

  /** A bit a pair, and loads of tokens and requests. */
  private static long summaryBytes(LeafPlan plan) {
    long experts = plan.model().experts();
    return plan.model().moeLayers().size()
        * (experts * experts / Byte.SIZE + 2 * experts * Long.BYTES);
  }
}
