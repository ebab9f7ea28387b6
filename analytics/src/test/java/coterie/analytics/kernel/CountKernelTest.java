package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountKernelTest {

  /** Layers 1 and 3, top-2 of 4 experts. */
  private static final ModelGeometry MODEL = Blocks.model(2, 4, 2);

  private static final LeafPlan PLAN = new LeafPlan(MODEL, 3, 1);

  /**
   * Three tokens in two blocks. Layer 1: {3,2} {0,1} {3,1}; layer 3: {1,0} {2,3} {0,2}. Worked by
   * hand below.
   */
  private static final List<Row> THREE_TOKENS =
      List.of(
          Blocks.block(MODEL, "a", 0, new int[][][] {{{3, 2}, {0, 1}}, {{1, 0}, {2, 3}}}),
          Blocks.block(MODEL, "a", 2, new int[][][] {{{3, 1}}, {{0, 2}}}));

  @Test
  void countsLoads() {
    assertThat(rows(THREE_TOKENS, PLAN, rows -> rows.loads(new long[] {1, 1, 0, 1})))
        .containsExactly(
            "1 3 | 0 1 1 null tokens",
            "1 3 | 1 2 1 null tokens",
            "1 3 | 2 1 0 null tokens",
            "1 3 | 3 2 1 null tokens",
            "3 3 | 0 2 1 null tokens",
            "3 3 | 1 1 1 null tokens",
            "3 3 | 2 2 0 null tokens",
            "3 3 | 3 1 1 null tokens");
  }

  @Test
  void countsPairs() {
    assertThat(rows(THREE_TOKENS, PLAN, CountRows::pairs))
        .containsExactly(
            "1 3 | 0 1 1",
            "1 3 | 1 3 1",
            "1 3 | 2 3 1",
            "3 3 | 0 1 1",
            "3 3 | 0 2 1",
            "3 3 | 2 3 1");
  }

  /** From 3 and 2 to 1 and 0, from 0 and 1 to 2 and 3, from 3 and 1 to 0 and 2. */
  @Test
  void countsTransitionsToTheNextLayer() {
    assertThat(rows(THREE_TOKENS, PLAN, CountRows::transitions))
        .containsExactly(
            "1 3 | 0 3 2 1",
            "1 3 | 0 3 3 1",
            "1 3 | 1 3 0 1",
            "1 3 | 1 3 2 2",
            "1 3 | 1 3 3 1",
            "1 3 | 2 3 0 1",
            "1 3 | 2 3 1 1",
            "1 3 | 3 3 0 2",
            "1 3 | 3 3 1 1",
            "1 3 | 3 3 2 1");
  }

  /** Window 1 begins with the second token of the first block; all was read on one day. */
  @Test
  void countsWindowsOfTokensAndOfIngestDays() {
    var first = TokenOrder.of(Block.of(THREE_TOKENS.get(0), Blocks.LEAF, MODEL));
    var windows = new TokenWindows(List.of(new TokenWindows.Start(first, 1, 1)));
    var plan = new LeafPlan(MODEL, 3, 1, true, windows);
    var day = Blocks.INGEST_DAY.toEpochDay();
    assertThat(rows(THREE_TOKENS, plan, CountRows::windows))
        .filteredOn(line -> line.startsWith("1 "))
        .containsExactly(
            "1 3 | tokens 0 1 2 1",
            "1 3 | tokens 0 1 3 1",
            "1 3 | tokens 1 2 0 1",
            "1 3 | tokens 1 2 1 2",
            "1 3 | tokens 1 2 3 1",
            "1 3 | ingest_day %d 3 0 1".formatted(day),
            "1 3 | ingest_day %d 3 1 2".formatted(day),
            "1 3 | ingest_day %d 3 2 1".formatted(day),
            "1 3 | ingest_day %d 3 3 2".formatted(day));
  }

  /** One token calls one expert, the other none: {@code layer_tokens} still counts both. */
  @Test
  void tokensWithFewerExpertsCountWhatTheyCall() {
    var blocks =
        List.of(
            Blocks.block(MODEL, "a", 0, new int[][][] {{{2, -1}, {-1, -1}}, {{0, 1}, {1, -1}}}));
    var plan = new LeafPlan(MODEL, 2, 1);
    assertThat(rows(blocks, plan, rows -> rows.loads(null)))
        .containsExactly(
            "1 2 | 2 1 null null tokens",
            "3 2 | 0 1 null null tokens",
            "3 2 | 1 2 null null tokens");
    assertThat(rows(blocks, plan, CountRows::pairs)).containsExactly("3 2 | 0 1 1");
    assertThat(rows(blocks, plan, CountRows::transitions))
        .containsExactly("1 2 | 2 3 0 1", "1 2 | 2 3 1 1");
    var counts = merged(blocks, Map.of(Blocks.LEAF, plan));
    assertThat(counts.get(new LeafLayer(Blocks.LEAF, 0)).sizes()).containsExactly(1, 1, 0);
    assertThat(counts.get(new LeafLayer(Blocks.LEAF, 1)).sizes()).containsExactly(0, 1, 1);
  }

  /** 0x3C00 is 1, 0x3800 is 0.5, 0x0001 the least above 0, 0x7E00 no number. */
  @Test
  void sumsGateWeightsExactly() {
    var ids = new int[][][] {{{3, 2}, {0, 3}}, {{1, 0}, {2, 3}}};
    byte[] weights = {0, 0x3C, 0, 0x38, 1, 0, 0, 0x3C, 0, 0x7E, 0, 0x3C, 0, 0x3C, 0, 0x3C};
    var blocks = List.of(Blocks.block(MODEL, Blocks.LEAF, "a", 0, ids, weights));
    assertThat(rows(blocks, new LeafPlan(MODEL, 2, 1), rows -> rows.loads(null)))
        .containsExactly(
            "1 2 | 0 1 null 5.9604644775390625E-8 tokens",
            "1 2 | 2 1 null 0.5 tokens",
            "1 2 | 3 2 null 2.0 tokens",
            "3 2 | 0 1 null 1.0 tokens",
            "3 2 | 1 1 null 0.0 tokens",
            "3 2 | 2 1 null 1.0 tokens",
            "3 2 | 3 1 null 1.0 tokens");
    var half = new ArrayList<>(blocks);
    half.add(Blocks.block(MODEL, "b", 0, ids));
    assertThat(rows(half, new LeafPlan(MODEL, 4, 1), rows -> rows.loads(null)))
        .as("a block without weights leaves no sum")
        .allMatch(line -> line.endsWith("null null tokens"));
  }

  /** Top-8 has a loop of its own; two bytes an id and gaps are read apart. */
  @ParameterizedTest
  @CsvSource({"16, 8", "300, 8", "32, 4", "5, 1", "12, 3"})
  void equalsCountingPairByPair(int experts, int topK) {
    var model = Blocks.model(3, experts, topK);
    var ids = Blocks.random(model, 200, 7);
    var counts =
        merged(
            List.of(Blocks.block(model, "a", 0, ids)),
            Map.of(Blocks.LEAF, new LeafPlan(model, 200, 1)));
    for (int layer = 0; layer < 3; layer++) {
      var expected = new TreeMap<String, Long>();
      for (int[] token : ids[layer]) {
        for (int a : token) {
          expected.merge("load " + a, 1L, Long::sum);
          for (int b : token) {
            if (a < b) {
              expected.merge("pair " + a + " " + b, 1L, Long::sum);
            }
          }
        }
      }
      assertThat(named(counts.get(new LeafLayer(Blocks.LEAF, layer)))).isEqualTo(expected);
    }
  }

  private static Map<String, Long> named(LayerCounts counts) {
    var named = new TreeMap<String, Long>();
    var loads = counts.loads();
    for (int a = 0; a < loads.length; a++) {
      named.put("load " + a, loads[a]);
      for (int b = a + 1; b < loads.length; b++) {
        named.put("pair " + a + " " + b, counts.pair(a, b));
      }
    }
    named.values().removeIf(count -> count == 0);
    return named;
  }

  /** Counters that are given away after every block merge into the same counts. */
  @Test
  void howOftenCountersAreGivenAwayDoesNotMatter() {
    var model = Blocks.model(2, 8, 3);
    var leaves =
        List.of("x", "y").stream()
            .map(name -> new Leaf("m", "main", name, null, null, "decode"))
            .toList();
    var blocks = new ArrayList<Row>();
    for (int i = 0; i < 20; i++) {
      var ids = Blocks.random(model, 5, i);
      blocks.add(Blocks.block(model, leaves.get(i % 2), "r" + i, 0, ids, null));
    }
    var plans =
        leaves.stream().collect(Collectors.toMap(leaf -> leaf, leaf -> new LeafPlan(model, 50, 1)));
    var atOnce = merged(CountKernel.count(blocks.iterator(), plans, Long.MAX_VALUE));
    var often = merged(CountKernel.count(blocks.iterator(), plans, 1));
    assertThat(often.keySet()).isEqualTo(atOnce.keySet()).hasSize(4);
    often.forEach((key, counts) -> assertThat(named(counts)).isEqualTo(named(atOnce.get(key))));
  }

  /** Walks past 2^31 tokens of one expert: the type is the one that the corpus needs. */
  @Test
  void aCountDoesNotOverflow() {
    var counts = new WideCounts(2);
    counts.roomFor(Integer.MAX_VALUE - 1)[0] += Integer.MAX_VALUE - 1;
    counts.roomFor(3)[0] += 3;
    assertThat(counts.get(0)).isEqualTo(Integer.MAX_VALUE + 2L);
    counts.roomFor(Integer.MAX_VALUE)[0] += Integer.MAX_VALUE;
    assertThat(counts.get(0)).isEqualTo(2L * Integer.MAX_VALUE + 2);
    assertThat(counts.get(1)).isZero();
  }

  private static Map<LeafLayer, LayerCounts> merged(List<Row> blocks, Map<Leaf, LeafPlan> plans) {
    return merged(CountKernel.count(blocks.iterator(), plans, Long.MAX_VALUE));
  }

  private static Map<LeafLayer, LayerCounts> merged(
      Iterator<scala.Tuple2<LeafLayer, LayerCounts>> parts) {
    var merged = new HashMap<LeafLayer, LayerCounts>();
    parts.forEachRemaining(part -> merged.merge(part._1(), part._2(), LayerCounts::merge));
    return merged;
  }

  /** Rows as "layer layer_tokens | the rest". */
  private static List<String> rows(
      List<Row> blocks,
      LeafPlan plan,
      java.util.function.Function<CountRows, Iterator<Row>> table) {
    var counts = merged(blocks, Map.of(Blocks.LEAF, plan));
    var lines = new ArrayList<String>();
    for (int layer = 0; layer < 2; layer++) {
      var key = new LeafLayer(Blocks.LEAF, layer);
      table
          .apply(new CountRows(key, plan, counts.get(key)))
          .forEachRemaining(row -> lines.add(line(row)));
    }
    return lines;
  }

  private static String line(Row row) {
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    return "%s %s | %s"
        .formatted(
            values[6],
            values[7],
            Arrays.stream(values).skip(8).map(String::valueOf).collect(Collectors.joining(" ")));
  }
}
