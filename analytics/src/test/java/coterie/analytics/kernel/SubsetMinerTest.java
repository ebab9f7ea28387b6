package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubsetMinerTest {

  /** {0,1,2} comes twice, {0,1,3} twice, {0,1} in all four: nothing else of size 3 does. */
  @Test
  void findsTheFrequentTriplesOfFourTokens() {
    var model = Blocks.model(1, 5, 3);
    var ids = new int[][][] {{{2, 1, 0}, {0, 1, 3}, {3, 0, 1}, {1, 2, 0}}};
    var blocks = List.of(Blocks.block(model, "a", 0, ids));
    assertThat(frequent(model, blocks, 4, 0.5, 1024))
        .isEqualTo(Map.of("[0, 1, 2]", 2L, "[0, 1, 3]", 2L));
    assertThat(frequent(model, blocks, 4, 0.51, 1024)).isEmpty();
  }

  /**
   * One part or many: the same subsets with the same counts as looking at every subset of every
   * token. Parts are mined by themselves, so that subsets are missed in some and counted again.
   */
  @ParameterizedTest
  @CsvSource({
    "8, 4, 0.02, 100000", "8, 4, 0.02, 50", "16, 8, 0.01, 100000", "16, 8, 0.01, 64",
    "16, 8, 0.05, 32", "300, 6, 0.004, 128", "6, 5, 0.3, 40", "6, 2, 0.01, 64"
  })
  void equalsLookingAtEverySubset(int experts, int topK, double minSupport, int partTokens) {
    var model = Blocks.model(1, experts, topK);
    var blocks = new ArrayList<Row>();
    var all = new TreeMap<String, Long>();
    for (int i = 0; i < 30; i++) {
      var ids = Blocks.random(model, 20, i);
      blocks.add(Blocks.block(model, "r" + i, 0, ids));
      for (int[] token : ids[0]) {
        addSubsets(token, all);
      }
    }
    all.values().removeIf(tokens -> tokens < Subsets.minTokens(minSupport, 600));
    assertThat(frequent(model, blocks, 600, minSupport, partTokens)).isEqualTo(all);
  }

  private static void addSubsets(int[] token, Map<String, Long> counts) {
    var sorted = token.clone();
    Arrays.sort(sorted);
    for (int mask = 0; mask < 1 << sorted.length; mask++) {
      if (Integer.bitCount(mask) >= 3) {
        int chosen = mask;
        var subset =
            java.util.stream.IntStream.range(0, sorted.length)
                .filter(i -> ((chosen >> i) & 1) == 1)
                .map(i -> sorted[i])
                .toArray();
        counts.merge(Arrays.toString(subset), 1L, Long::sum);
      }
    }
  }

  /** What two partitions and the pass that counts again find together. */
  private static Map<String, Long> frequent(
      ModelGeometry model, List<Row> blocks, long tokens, double minSupport, int partTokens) {
    var plans = Map.of(Blocks.LEAF, new LeafPlan(model, tokens, 1));
    var counts = new HashMap<LeafLayer, LayerCounts>();
    CountKernel.count(blocks.iterator(), plans, Long.MAX_VALUE)
        .forEachRemaining(part -> counts.merge(part._1(), part._2(), LayerCounts::merge));
    long minTokens = Subsets.minTokens(minSupport, tokens);
    var summaries = new HashMap<LeafLayer, LayerSummary>();
    counts.forEach((key, count) -> summaries.put(key, LayerSummary.of(count, minTokens)));
    var found = new HashMap<LeafLayer, FoundSubsets>();
    int half = blocks.size() / 2;
    for (var partition : List.of(blocks.subList(0, half), blocks.subList(half, blocks.size()))) {
      SubsetKernel.find(partition.iterator(), plans, summaries, minSupport, partTokens, 1 << 20)
          .forEachRemaining(part -> found.merge(part._1(), part._2(), FoundSubsets::merge));
    }
    var frequent = new TreeMap<String, Long>();
    found.forEach(
        (key, subsets) -> {
          subsets.finish();
          subsets.counted().forEach((subset, count) -> frequent.put(subset.toString(), count));
          var uncounted = Map.of(key, subsets.uncounted());
          RecountKernel.count(blocks.iterator(), plans, uncounted)
              .forEachRemaining(
                  part -> {
                    for (int i = 0; i < part._2().length; i++) {
                      if (part._2()[i] >= minTokens) {
                        frequent.put(uncounted.get(key).get(i).toString(), part._2()[i]);
                      }
                    }
                  });
        });
    return frequent;
  }
}
