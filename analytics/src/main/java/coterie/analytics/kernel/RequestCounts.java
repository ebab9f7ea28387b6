package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import scala.Tuple2;

/** The requests of a leaf, and those that called each expert. */
public final class RequestCounts implements Serializable {

  private static final long serialVersionUID = 1;

  private final long[] callers;
  private long requests;

  private RequestCounts(int cells) {
    callers = new long[cells];
  }

  /** Of a partition of requests, each of which is in no other. */
  public static Iterator<Tuple2<Leaf, RequestCounts>> of(
      Iterator<Tuple2<RequestKey, RequestUse>> uses, Map<Leaf, LeafPlan> plans) {
    var counts = new LinkedHashMap<Leaf, RequestCounts>();
    while (uses.hasNext()) {
      var use = uses.next();
      var leaf = use._1().leaf();
      var model = plans.get(leaf).model();
      int cells = model.moeLayers().size() * model.experts();
      var count = counts.computeIfAbsent(leaf, l -> new RequestCounts(cells));
      count.requests++;
      use._2().mark(count.callers);
    }
    return counts.entrySet().stream()
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
        .iterator();
  }

  /** Adds those of other partitions. */
  public RequestCounts merge(RequestCounts other) {
    requests += other.requests;
    for (int i = 0; i < callers.length; i++) {
      callers[i] += other.callers[i];
    }
    return this;
  }

  public long requests() {
    return requests;
  }

  /** Requests that called each expert of a layer. */
  public long[] callers(int layer, int experts) {
    return Arrays.copyOfRange(callers, layer * experts, (layer + 1) * experts);
  }
}
