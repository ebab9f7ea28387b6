package coterie.ingest.block;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.read.IssueReason;
import coterie.ingest.read.Models;
import coterie.ingest.read.ReadContext;
import coterie.ingest.read.Readers;
import coterie.ingest.read.TraceFormat;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockCutterTest {

  /** One layer, top-2; token 1 repeats an expert, token 3 is out of range, 0 2 4 are sound. */
  @Test
  void aBadTokenGoesAndItsNeighboursStay() {
    var model = new ModelGeometry("m", "main", 1, List.of(0), 4, 2, 0, null, 1);
    var cutter = new BlockCutter(model);
    var blocks = cut(cutter, model, 10, 0, 1, 2, 2, 1, 3, 0, 4, 3, 0);
    assertThat(blocks).containsExactly("10: 0 1", "12: 1 3", "14: 3 0");
    var report = cutter.report();
    assertThat(report.recordsRead()).isEqualTo(1);
    assertThat(report.recordsKept()).isEqualTo(1);
    assertThat(report.tokensRead()).isEqualTo(5);
    assertThat(report.tokensKept()).isEqualTo(3);
    assertThat(report.tokensRejected()).isEqualTo(2);
    assertThat(report.samples(IssueReason.REPEATED_EXPERT))
        .containsExactly(new IssueSample(1, 11, 0, "experts [2, 2]"));
    assertThat(report.samples(IssueReason.ID_OUT_OF_RANGE))
        .containsExactly(new IssueSample(1, 13, 0, "experts [0, 4]"));
  }

  @Test
  void minusOneIsOutOfRange() {
    var model = new ModelGeometry("m", "main", 1, List.of(0), 4, 2, 0, null, 1);
    var cutter = new BlockCutter(model);
    assertThat(cut(cutter, model, 0, 0, -1)).isEmpty();
    assertThat(cutter.report().rejected())
        .containsEntry(IssueReason.ID_OUT_OF_RANGE, 1L)
        .containsEntry(IssueReason.EMPTY, 1L);
    assertThat(cutter.report().recordsRead()).isEqualTo(cutter.report().recordsRejected());
  }

  /** Layers 0 and 2 are dense and hold zeros: they are neither checked nor kept. */
  @Test
  void denseLayersDoNotBecomeLoadOnExpertZero() {
    var model = Models.WITH_DENSE_LAYERS;
    var cutter = new BlockCutter(model);
    assertThat(cut(cutter, model, 0, 0, 0, 3, 2, 0, 0, 1, 0)).containsExactly("0: 3 2 1 0");
  }

  @Test
  void blocksAreLayerMajor() {
    var model = Models.TINY;
    var blocks = cut(new BlockCutter(model), model, 0, 3, 2, 1, 0, 0, 1, 2, 3);
    // Two tokens: 3 2 | 1 0 and 0 1 | 2 3. First both tokens of layer 0, then both of layer 1.
    assertThat(blocks).containsExactly("0: 3 2 0 1 1 0 2 3");
  }

  @Test
  void longRequestsAreCutAt1024Tokens() {
    var model = new ModelGeometry("m", "main", 1, List.of(0), 4, 1, 0, null, 1);
    var cutter = new BlockCutter(model);
    var ids = IntStream.range(0, 2500).map(i -> i % 4).toArray();
    var blocks = cut(cutter, model, 0, ids);
    assertThat(blocks.stream().map(b -> b.substring(0, b.indexOf(':'))))
        .containsExactly("0", "1024", "2048");
    assertThat(cutter.report().tokensKept()).isEqualTo(2500);
    assertThat(RoutingTable.BLOCK_TOKENS).isEqualTo(1024);
  }

  @Test
  void moreThan256ExpertsTakeTwoBytes() {
    var model = new ModelGeometry("m", "main", 1, List.of(0), 512, 2, 0, null, 1);
    assertThat(cut(new BlockCutter(model), model, 0, 511, 256)).containsExactly("0: 511 256");
  }

  @Test
  void samplesAreBoundedCountsAreNot() {
    var model = new ModelGeometry("m", "main", 1, List.of(0), 4, 1, 0, null, 1);
    var cutter = new BlockCutter(model);
    cut(cutter, model, 0, IntStream.generate(() -> 9).limit(5000).toArray());
    assertThat(cutter.report().rejected()).containsEntry(IssueReason.ID_OUT_OF_RANGE, 5000L);
    assertThat(cutter.report().samples(IssueReason.ID_OUT_OF_RANGE)).hasSize(10);
  }

  /** Sends one request of raw ids through the SGLang reader and describes the blocks. */
  private static List<String> cut(
      BlockCutter cutter, ModelGeometry model, int firstPosition, int... ids) {
    var raw = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    IntStream.of(ids).forEach(raw::putInt);
    int rows = ids.length / (model.hiddenLayers() * model.topK());
    var line =
        """
        {"meta_info": {"id": "r", "prompt_tokens": %d, "completion_tokens": %d, \
        "routed_experts": "%s"}}"""
            .formatted(firstPosition, rows + 1, Base64.getEncoder().encodeToString(raw.array()));
    var records =
        Readers.records(
            TraceFormat.SGLANG,
            line.getBytes(StandardCharsets.UTF_8),
            new ReadContext(model, null));
    var described = new ArrayList<String>();
    for (var block : cutter.cut(records.get(0))) {
      var text = new StringBuilder().append(block.firstPosition()).append(':');
      var experts = block.experts();
      for (int layer = 0; layer < experts.layers(); layer++) {
        for (int token = 0; token < experts.tokens(); token++) {
          for (int k = 0; k < experts.topK(); k++) {
            text.append(' ').append(experts.id(layer, token, k));
          }
        }
      }
      described.add(text.toString());
    }
    return described;
  }
}
