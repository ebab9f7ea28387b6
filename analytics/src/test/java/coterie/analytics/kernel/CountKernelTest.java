package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.PackedExperts;
import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

class CountKernelTest {

  /** Layers 1 and 3, top-2 of 4 experts. */
  private static final ModelGeometry MODEL =
      new ModelGeometry("m", "main", 4, List.of(1, 3), 4, 2, 0, null, 1);

  private static final Leaf LEAF = new Leaf("m", "main", "d", null, null, "decode");

  /**
   * Three tokens in two blocks. Layer 1: {3,2} {0,1} {3,1}; layer 3: {1,0} {2,3} {0,2}. Worked by
   * hand below.
   */
  @Test
  void countsLoadsPairsAndSets() {
    var blocks =
        List.of(
            block("a", 0, new int[][][] {{{3, 2}, {0, 1}}, {{1, 0}, {2, 3}}}),
            block("a", 2, new int[][][] {{{3, 1}}, {{0, 2}}}));
    assertThat(count(blocks, new LeafPlan(MODEL, 3, 1)))
        .containsExactlyInAnyOrder(
            "1 load 0: 1",
            "1 load 1: 2",
            "1 load 2: 1",
            "1 load 3: 2",
            "1 pair 0 1: 1",
            "1 pair 1 3: 1",
            "1 pair 2 3: 1",
            "1 set [2, 3]: 1",
            "1 set [0, 1]: 1",
            "1 set [1, 3]: 1",
            "3 load 0: 2",
            "3 load 1: 1",
            "3 load 2: 2",
            "3 load 3: 1",
            "3 pair 0 1: 1",
            "3 pair 2 3: 1",
            "3 pair 0 2: 1",
            "3 set [0, 1]: 1",
            "3 set [2, 3]: 1",
            "3 set [0, 2]: 1");
  }

  @Test
  void loadsAndPairsAreOfAllTokensSetsOfTheSample() {
    var blocks = new ArrayList<Row>();
    for (int i = 0; i < 500; i++) {
      blocks.add(block("r" + i, 0, new int[][][] {{{0, 1}}, {{2, 3}}}));
    }
    var counts = count(blocks, new LeafPlan(MODEL, 500, 0.2));
    assertThat(counts).contains("1 load 0: 500", "1 pair 0 1: 500", "3 pair 2 3: 500");
    var sets = counts.stream().filter(line -> line.contains("set")).toList();
    assertThat(sets).hasSize(2);
    var sampled = sets.stream().map(line -> line.substring(line.indexOf(':') + 2)).toList();
    assertThat(Integer.parseInt(sampled.get(0))).isBetween(70, 130);
    assertThat(sampled.get(1)).as("the same tokens in every layer").isEqualTo(sampled.get(0));
  }

  private static List<String> count(List<Row> blocks, LeafPlan plan) {
    Iterator<Row> rows = new CountKernel(Map.of(LEAF, plan), 1).call(blocks.iterator());
    var lines = new ArrayList<String>();
    var schema = CountRow.SCHEMA;
    while (rows.hasNext()) {
      var row = rows.next();
      var statistic = row.getString(schema.fieldIndex("statistic"));
      var what =
          switch (statistic) {
            case CountRow.LOAD -> row.get(schema.fieldIndex("a")).toString();
            case CountRow.PAIR ->
                row.get(schema.fieldIndex("a")) + " " + row.get(schema.fieldIndex("b"));
            default -> List.of((Object[]) row.get(schema.fieldIndex("experts"))).toString();
          };
      assertThat(row.getLong(schema.fieldIndex("layer_tokens"))).isEqualTo(plan.tokens());
      lines.add(
          "%d %s %s: %d"
              .formatted(
                  row.getInt(schema.fieldIndex("layer")),
                  statistic,
                  what,
                  row.getLong(schema.fieldIndex("tokens"))));
    }
    return lines;
  }

  /** A routing row from {@code [layer][token][k]} ids. */
  private static Row block(String requestId, int firstPosition, int[][][] ids) {
    int tokens = ids[0].length;
    var packed = PackedExperts.allocate(MODEL.experts(), ids.length, tokens, MODEL.topK());
    for (int layer = 0; layer < ids.length; layer++) {
      for (int token = 0; token < tokens; token++) {
        for (int k = 0; k < MODEL.topK(); k++) {
          packed.set(layer, token, k, ids[layer][token][k]);
        }
      }
    }
    return new GenericRowWithSchema(
        new Object[] {
          "m",
          "main",
          "d",
          null,
          null,
          requestId,
          "decode",
          firstPosition,
          tokens,
          null,
          null,
          null,
          packed.data(),
          null,
          1L
        },
        RoutingTable.TABLE.schema());
  }
}
