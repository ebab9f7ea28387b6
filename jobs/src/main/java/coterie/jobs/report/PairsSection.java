package coterie.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Placement;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which experts act together: for each layer a byte a pair, and for each plan the share of all
 * pairs called that one GPU must run by itself.
 *
 * <p>A byte is {@code 16 log2((tokens + 1) / (expected + 1))}, cut to [-127, 127]: the one added
 * keeps pairs that chance hardly ever calls from shouting. Where all layers would make the page too
 * large, some are left out, at even distances.
 */
final class PairsSection {

  private static final double PER_DOUBLING = 16;
  private static final int LARGEST = 127;

  /** Bytes of all pairs on one page, before they become text. */
  private static final int MAX_BYTES = 1_000_000;

  private final PairCounts counts;

  PairsSection(PairCounts counts) {
    this.counts = counts;
  }

  ObjectNode of(List<Plan> plans) {
    var json = Figures.object();
    var shown = shown();
    json.set("layers", Figures.of(shown));
    var lifts = json.putArray("lifts");
    for (int layer : shown) {
      lifts.add(Base64.getEncoder().encodeToString(lifts(layer)));
    }
    var together = json.putArray("together");
    plans.forEach(plan -> together.add(together(plan)));
    return json;
  }

  /** Indices of the layers on the page, ascending. */
  private int[] shown() {
    int pairs = Math.max(1, counts.experts() * (counts.experts() - 1) / 2);
    int most = Math.max(1, Math.min(counts.layers(), MAX_BYTES / pairs));
    return IntStream.range(0, most).map(i -> (int) ((long) i * counts.layers() / most)).toArray();
  }

  private byte[] lifts(int layer) {
    int experts = counts.experts();
    double perProduct = counts.perProduct(layer);
    var bytes = new byte[experts * (experts - 1) / 2];
    int next = 0;
    for (int a = 0; a < experts; a++) {
      for (int b = a + 1; b < experts; b++) {
        double observed = counts.tokens(layer, a, b) + 1.0;
        double expected = counts.expected(layer, a, b, perProduct) + 1.0;
        double doublings = Math.log(observed / expected) / Math.log(2);
        double scaled = Math.rint(PER_DOUBLING * doublings);
        bytes[next++] = (byte) Math.max(-LARGEST, Math.min(LARGEST, scaled));
      }
    }
    return bytes;
  }

  /** {@code [layer]} share of pairs called whose experts are on one GPU, the same, and no other. */
  private ArrayNode together(Plan plan) {
    var list = Figures.array();
    int layer = 0;
    for (var placement : plan.layers().values()) {
      list.add(Figures.of(together(layer++, placement)));
    }
    return list;
  }

  private double together(int layer, Placement placement) {
    var hosts = hosts(placement);
    long stuck = 0;
    for (int a = 0; a < hosts.size(); a++) {
      for (int b = a + 1; b < hosts.size(); b++) {
        if (hosts.get(a).cardinality() == 1 && hosts.get(a).equals(hosts.get(b))) {
          stuck += counts.tokens(layer, a, b);
        }
      }
    }
    return stuck / (double) Math.max(1, counts.tokens(layer));
  }

  private static List<BitSet> hosts(Placement placement) {
    var hosts = IntStream.range(0, placement.experts()).mapToObj(e -> new BitSet()).toList();
    for (int slot = 0; slot < placement.cluster().slots(); slot++) {
      hosts.get(placement.expertAt(slot)).set(placement.cluster().gpuOf(slot));
    }
    return hosts;
  }
}
