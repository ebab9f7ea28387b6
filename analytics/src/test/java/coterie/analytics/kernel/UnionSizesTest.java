package coterie.analytics.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class UnionSizesTest {

  /** Of 1, 1, 2, 4: place 1.5 lies between 1 and 2, place 2.85 at 0.85 of the way from 2 to 4. */
  @Test
  void percentilesInterpolateBetweenRanks() {
    var sizes = new UnionSizes(4);
    sizes.add(1, 2);
    sizes.add(2);
    sizes.add(4);
    assertThat(sizes.mean()).isEqualTo(2);
    assertThat(sizes.percentile(0.5)).isEqualTo(1.5);
    assertThat(sizes.percentile(0.95)).isEqualTo(3.7, within(1e-12));
    // Squares 1 + 1 + 0 + 4 over 3, over 4.
    assertThat(sizes.standardError()).isEqualTo(Math.sqrt(6.0 / 3 / 4), within(1e-12));
  }

  /** Tokens are drawn independently, so the mean is that of independent experts, exactly. */
  @Test
  void tokenBatchesHaveTheMeanOfIndependence() {
    var model = Blocks.model(1, 16, 4);
    var tokens = new PackedTokens(4);
    var slice = new LayerSlice(4);
    var block =
        Block.of(Blocks.block(model, "a", 0, Blocks.random(model, 500, 3)), Blocks.LEAF, model);
    slice.read(block.experts(), 0);
    var loads = new double[16];
    for (int token = 0; token < 500; token++) {
      tokens.add(slice, token);
      for (int i = 0; i < 4; i++) {
        loads[slice.ids()[token * 4 + i]] += 1.0 / 500;
      }
    }
    var sizes = TokenUnions.draw(DistinctSets.of(16, tokens), 16, 20_000, 5);
    for (int i = 0; i < sizes.size(); i++) {
      double expected = 0;
      for (double load : loads) {
        expected += 1 - Math.pow(1 - load, 1 << i);
      }
      assertThat(sizes.get(i).total()).isEqualTo(20_000);
      assertThat(sizes.get(i).mean())
          .as("batch %d", 1 << i)
          .isCloseTo(expected, within(4 * sizes.get(i).standardError() + 1e-3));
    }
  }

  /** Every request calls one expert of its own all the time: unions are as large as the batch. */
  @Test
  void requestBatchesTakeDistinctRequests() {
    var model = Blocks.model(1, 32, 1);
    var pool = new RequestPool();
    for (int request = 0; request < 32; request++) {
      var ids = new int[][][] {{{request}, {request}, {request}}};
      var row = Blocks.block(model, "r" + request, 0, ids);
      pool.add(Block.of(row, Blocks.LEAF, model), new TokenSampler(1), 1);
    }
    assertThat(RequestUnions.availableSizes(32)).as("1, 2, 4, 8").isEqualTo(4);
    assertThat(RequestUnions.availableSizes(3)).isZero();
    var sizes = new RequestUnions(pool, 1, 32).draw(4, 100, 1).get(0);
    for (int i = 0; i < 4; i++) {
      assertThat(sizes.get(i).mean()).isEqualTo(1 << i);
      assertThat(sizes.get(i).standardError()).isZero();
    }
  }

  /** The pool of a leaf is that of the pools of any partitions. */
  @Test
  void poolsMerge() {
    var model = Blocks.model(2, 8, 2);
    var blocks = new ArrayList<Row>();
    for (int request = 0; request < 20; request++) {
      for (int part = 0; part < 3; part++) {
        blocks.add(
            Blocks.block(
                model, "r" + request, 9 * part, Blocks.random(model, 9, 3L * request + part)));
      }
    }
    var plans = Map.of(Blocks.LEAF, new LeafPlan(model, 540, 1));
    var whole =
        PoolKernel.pool(blocks.iterator(), plans, new TokenSampler(1), Long.MAX_VALUE).next()._2();
    var parts = new HashMap<Leaf, RequestPool>();
    PoolKernel.pool(blocks.iterator(), plans, new TokenSampler(1), 1)
        .forEachRemaining(
            (Tuple2<Leaf, RequestPool> part) ->
                parts.merge(part._1(), part._2(), RequestPool::merge));
    var merged = parts.get(Blocks.LEAF);
    assertThat(merged.requests()).isEqualTo(20);
    assertThat(merged.tokens()).as("16 of 27 each").isEqualTo(320);
    for (int layer = 0; layer < 2; layer++) {
      assertThat(merged.layer(layer)).isDeepEqualTo(whole.layer(layer));
    }
  }

  /** Requests in two windows and three blocks: one signature a window, one caller a request. */
  @Test
  void signaturesAddUpOverBlocks() {
    var model = Blocks.model(1, 4, 2);
    var a = Blocks.block(model, "a", 0, new int[][][] {{{0, 1}, {0, 2}}});
    var b = Blocks.block(model, "a", 2, new int[][][] {{{0, 3}}});
    var c = Blocks.block(model, "b", 0, new int[][][] {{{3, 1}}});
    var start = TokenOrder.of(Block.of(a, Blocks.LEAF, model));
    var windows = new TokenWindows(java.util.List.of(new TokenWindows.Start(start, 1, 1)));
    var plan = new LeafPlan(model, 4, 1, true, windows);
    var plans = Map.of(Blocks.LEAF, plan);
    var uses = new HashMap<RequestKey, RequestUse>();
    RequestKernel.count(java.util.List.of(a, b, c).iterator(), plans, 1)
        .forEachRemaining(use -> uses.merge(use._1(), use._2(), RequestUse::merge));
    var rows = new TreeMap<String, String>();
    uses.forEach(
        (key, use) ->
            use.rows(key, plan)
                .forEachRemaining(
                    row ->
                        rows.put(
                            row.get(8) + "/" + row.get(9),
                            row.get(10)
                                + " "
                                + java.util.Arrays.toString((Object[]) row.get(11)))));
    assertThat(rows)
        .containsExactly(
            Map.entry("a/0", "1 [1, 1, 0, 0]"),
            Map.entry("a/1", "2 [2, 0, 1, 1]"),
            Map.entry("b/1", "1 [0, 1, 0, 1]"));
    var counts =
        RequestCounts.of(
                uses.entrySet().stream()
                    .map(use -> new Tuple2<>(use.getKey(), use.getValue()))
                    .iterator(),
                plans)
            .next()
            ._2();
    assertThat(counts.requests()).isEqualTo(2);
    assertThat(counts.callers(0, 4)).containsExactly(1, 2, 1, 2);
  }
}
