package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * The experts that a request used in each token window, of all layers.
 *
 * <p>Between tasks the counts travel as variable-length numbers, seven bits a byte: most are below
 * 128, and many are 0.
 */
public final class RequestUse implements Serializable {

  private static final long serialVersionUID = 1;
  private static final int LOW_BITS = 0x7F;

  /** What one partition saw in one window; not a record because of its array. */
  private static final class Part implements Serializable {

    private static final long serialVersionUID = 1;

    private final int window;
    private final long tokens;
    private final byte[] counts;

    Part(int window, long tokens, byte[] counts) {
      this.window = window;
      this.tokens = tokens;
      this.counts = counts;
    }
  }

  private final int cells;
  private final List<Part> parts = new ArrayList<>();

  /** Of no tokens yet; {@code cells} is layers x experts. */
  RequestUse(int cells) {
    this.cells = cells;
  }

  void add(int window, long tokens, int[] counts) {
    parts.add(new Part(window, tokens, pack(counts)));
  }

  /** Adds what other partitions saw of the request. */
  public RequestUse merge(RequestUse other) {
    parts.addAll(other.parts);
    return this;
  }

  private static byte[] pack(int[] counts) {
    var bytes = new byte[5 * counts.length];
    int at = 0;
    for (int count : counts) {
      int rest = count;
      for (; rest > LOW_BITS; rest >>>= 7) {
        bytes[at++] = (byte) (rest | ~LOW_BITS);
      }
      bytes[at++] = (byte) rest;
    }
    return Arrays.copyOf(bytes, at);
  }

  private static void unpack(byte[] bytes, int[] into) {
    int at = 0;
    for (int cell = 0; cell < into.length; cell++) {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes[at++];
        value |= (next & LOW_BITS) << shift;
        if (next >= 0) {
          break;
        }
      }
      into[cell] += value;
    }
  }

  private SortedMap<Integer, int[]> byWindow() {
    var windows = new TreeMap<Integer, int[]>();
    for (var part : parts) {
      unpack(part.counts, windows.computeIfAbsent(part.window, window -> new int[cells]));
    }
    return windows;
  }

  /** Adds 1 to the cell of each layer and expert that the request called. */
  void mark(long[] requests) {
    var called = new int[cells];
    parts.forEach(part -> unpack(part.counts, called));
    for (int cell = 0; cell < cells; cell++) {
      requests[cell] += called[cell] > 0 ? 1 : 0;
    }
  }

  /** Rows of {@code request_signature}. */
  public Iterator<Row> rows(RequestKey key, LeafPlan plan) {
    var rows = new ArrayList<Row>();
    var layers = plan.model().moeLayers();
    int experts = plan.model().experts();
    byWindow()
        .forEach(
            (window, counts) -> {
              long tokens =
                  parts.stream().filter(p -> p.window == window).mapToLong(p -> p.tokens).sum();
              for (int layer = 0; layer < layers.size(); layer++) {
                var own = Arrays.copyOfRange(counts, layer * experts, (layer + 1) * experts);
                rows.add(
                    CountRows.rowOf(
                        key.leaf(),
                        layers.get(layer),
                        plan.tokens(),
                        key.requestId(),
                        window,
                        tokens,
                        Arrays.stream(own).boxed().toArray(Integer[]::new)));
              }
            });
    return rows.iterator();
  }
}
