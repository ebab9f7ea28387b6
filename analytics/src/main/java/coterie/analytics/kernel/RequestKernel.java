package coterie.analytics.kernel;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Counts the experts of each request in a partition of {@code routing}. Blocks of a request lie
 * beside each other, so few requests are open at a time; they leave when they take too much memory.
 */
public final class RequestKernel
    implements PairFlatMapFunction<Iterator<Row>, RequestKey, RequestUse> {

  private static final long serialVersionUID = 1;
  private static final long MAX_BYTES = 16L << 20;

  private final Broadcast<Map<Leaf, LeafPlan>> plans;

  public RequestKernel(Broadcast<Map<Leaf, LeafPlan>> plans) {
    this.plans = plans;
  }

  @Override
  public Iterator<Tuple2<RequestKey, RequestUse>> call(Iterator<Row> rows) {
    return count(rows, plans.value(), MAX_BYTES);
  }

  static Iterator<Tuple2<RequestKey, RequestUse>> count(
      Iterator<Row> rows, Map<Leaf, LeafPlan> plans, long maxBytes) {
    return new BlockCounts<>(rows, plans, new Uses(plans), maxBytes);
  }

  /** Tokens of a request in a window. */
  private static final class Open {
    private final int[] counts;
    private long tokens;

    Open(int cells) {
      counts = new int[cells];
    }
  }

  private static final class Uses implements Accumulator<Tuple2<RequestKey, RequestUse>> {

    private final Map<Leaf, LeafPlan> plans;
    private Map<RequestKey, TreeMap<Integer, Open>> open = new LinkedHashMap<>();
    private long bytes;

    Uses(Map<Leaf, LeafPlan> plans) {
      this.plans = plans;
    }

    @Override
    public void add(Block block) {
      if (block.requestId() == null) {
        return;
      }
      var plan = plans.get(block.leaf());
      var windows =
          open.computeIfAbsent(
              new RequestKey(block.leaf(), block.requestId()), key -> new TreeMap<>());
      plan.windows().split(block, (window, from, to) -> count(block, window, from, to, windows));
    }

    private void count(Block block, int window, int from, int to, Map<Integer, Open> windows) {
      var model = plans.get(block.leaf()).model();
      int experts = model.experts();
      int cells = model.moeLayers().size() * experts;
      var use = windows.get(window);
      if (use == null) {
        use = new Open(cells);
        windows.put(window, use);
        bytes += (long) cells * Integer.BYTES;
      }
      use.tokens += to - from;
      var slice = new LayerSlice(model.topK());
      for (int layer = 0; layer < model.moeLayers().size(); layer++) {
        slice.read(block.experts(), layer);
        for (int token = from; token < to; token++) {
          for (int i = 0; i < slice.size(token); i++) {
            use.counts[layer * experts + slice.ids()[token * model.topK() + i]]++;
          }
        }
      }
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public Iterator<Tuple2<RequestKey, RequestUse>> drain() {
      var full = open;
      open = new LinkedHashMap<>();
      bytes = 0;
      return full.entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), packed(entry.getValue())))
          .iterator();
    }

    private static RequestUse packed(SortedMap<Integer, Open> windows) {
      var use = new RequestUse(windows.get(windows.firstKey()).counts.length);
      windows.forEach((window, counted) -> use.add(window, counted.tokens, counted.counts));
      return use;
    }
  }
}
