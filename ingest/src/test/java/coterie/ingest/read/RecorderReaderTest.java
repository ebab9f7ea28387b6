package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.SharedFiles;
import coterie.ingest.table.ModelGeometry;
import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecorderReaderTest {

  /** Of the files that PyTorch wrote: three layers, the first dense, top-2 of 4. */
  static final ModelGeometry SMALL =
      new ModelGeometry("small", "main", 3, List.of(1, 2), 4, 2, 0, null, 1);

  private static final ModelGeometry GPT_OSS_20B =
      new ModelGeometry(
          "gpt-oss-20b", "main", 24, ModelGeometry.layersFrom(0, 24), 32, 4, 0, null, 1);

  /** {@code extend_seq_lens [4, 2]} parts what the positions 0 to 5 do not. */
  @Test
  void aPrefillPassHasARunForEachRequest() {
    assertThat(read(TorchBytes.PER_TOKEN, SMALL, null))
        .containsExactly(
            "1: - prefill@0 [-1 -1|3 2|1 3][-1 -1|0 2|2 3][-1 -1|0 2|3 0][-1 -1|2 1|2 1]"
                + " - prefill@4 [-1 -1|0 3|3 2][-1 -1|0 3|1 0]");
    var run =
        ((TraceRecord.Routed) records(TorchBytes.PER_TOKEN, SMALL, null).get(0)).runs().get(0);
    assertThat(run.origin()).isEqualTo(RunOrigin.pass(7, 0));
  }

  /**
   * Slots become experts by the map of their layer: (4, 0) is 0 2 in layer 1, (5, 0) is 2 3 in
   * layer 3. The sixth token of the first pass is padding; the pass of record 4 is idle.
   */
  @Test
  void goodPassesAmongBadOnes() {
    assertThat(read(TorchBytes.MOVED_PER_TOKEN, Models.WITH_DENSE_LAYERS, null))
        .containsExactly(
            "1: - prefill@4 [-1 -1|0 2|-1 -1|2 3][-1 -1|0 1|-1 -1|2 1]"
                + " - prefill@6 [-1 -1|3 1|-1 -1|0 3][-1 -1|2 0|-1 -1|3 2]"
                + " - prefill@0 [-1 -1|1 3|-1 -1|1 0]",
            "2: - decode@6 [-1 -1|0 2|-1 -1|2 3] - decode@7 [-1 -1|0 1|-1 -1|2 1]"
                + " - decode@7 [-1 -1|3 1|-1 -1|0 3]",
            "3: phase-unknown: forward_mode is 3, only 1 (prefill) and 2 (decode) say it",
            "5: shape: topk_ids_of_layer of shape [4, 2, 8], but 2 input_ids, 1 positions, and"
                + " last_physical_to_logical_map of 4 layers",
            "6: - decode@9 [-1 -1|-1 2|-1 -1|2 3]",
            "7: shape: topk_ids_of_layer has ids in 3 of 8 columns, model dense has top-2",
            "8: malformed: the record is no dict",
            "9: shape: extend_seq_lens add up to more tokens than the 3 there are",
            "10: - prefill@0 [-1 -1|0 2|-1 -1|2 3][-1 -1|0 1|-1 -1|2 1]"
                + " - prefill@5 [-1 -1|3 1|-1 -1|0 3]");
  }

  @Test
  void theUserStatesThePhaseOfMixedPasses() {
    assertThat(read(TorchBytes.MOVED_PER_TOKEN, Models.WITH_DENSE_LAYERS, RoutingTable.DECODE))
        .contains(
            "3: - decode@8 [-1 -1|0 2|-1 -1|2 3] - decode@3 [-1 -1|0 1|-1 -1|2 1]"
                + " - decode@9 [-1 -1|3 1|-1 -1|0 3]");
  }

  /**
   * Layer 1 counts 6 to 11 in its slots: expert 0 is in slots 1 and 4, 7 + 10; expert 1 in 2 and 5,
   * 8 + 11; experts 2 and 3 in 0 and 3.
   */
  @Test
  void countsOfReplicasAreAddedUp() {
    assertThat(read(TorchBytes.MOVED_PER_PASS, Models.WITH_DENSE_LAYERS, RoutingTable.PREFILL))
        .containsExactly(
            "1: prefill step 40 rank 2 [17, 19, 6, 9, 21, 20, 42, 40]",
            "2: shape: global_physical_count of shape [4, 5], but last_physical_to_logical_map of"
                + " shape [4, 6]",
            "3: shape: count -1 of slot 4 in layer 3",
            "4: prefill step 43 rank 2 [29, 31, 12, 15, 3, 2, 6, 4]");
  }

  @Test
  void countsOfStatAreOfAllRanks() {
    assertThat(read(TorchBytes.STAT, SMALL, null))
        .containsExactly("1: mixed step 0 rank null [4, 1, 4, 3, 2, 3, 3, 4]");
    assertThat(read(TorchBytes.STAT_VIEW, Models.TINY, null))
        .containsExactly(
            "1: mixed step 0 rank null [0, 1, 2, 3, 10, 11, 12, 13]",
            "3: mixed step 2 rank null [200, 201, 202, 203, 210, 211, 212, 213]");
  }

  /** The eight counts of the used pass, overwritten with 0. */
  @Test
  void aDumpOfUnusedPassesIsReportedOnce() {
    var used = "\4\0\0\0\1\0\0\0\4\0\0\0\3\0\0\0\2\0\0\0\3\0\0\0\3\0\0\0\4\0\0\0";
    var content = new String(TorchBytes.decode(TorchBytes.STAT), StandardCharsets.ISO_8859_1);
    assertThat(content).containsOnlyOnce(used);
    var unused = content.replace(used, "\0".repeat(used.length()));
    assertThat(read(unused.getBytes(StandardCharsets.ISO_8859_1), SMALL, null))
        .containsExactly("1: empty: none of 2 forward passes has a token");
  }

  @Test
  void otherModelsAreRefused() {
    assertThat(read(TorchBytes.STAT, GPT_OSS_20B, null))
        .containsExactly(
            "1: shape: counts of 3 layers x 4 experts, model gpt-oss-20b has 24 MoE layers of 24"
                + " x 32");
    assertThat(read(TorchBytes.PER_TOKEN, GPT_OSS_20B, null))
        .containsExactly(
            "1: shape: last_physical_to_logical_map of 3 layers, model gpt-oss-20b has 24 MoE"
                + " layers of 24");
    assertThat(read(TorchBytes.PER_TOKEN, experts(5), null))
        .containsExactly(
            "1: shape: last_physical_to_logical_map has no slot for expert 4 in layer 1, model"
                + " other has 5 experts");
    assertThat(read(TorchBytes.PER_TOKEN, experts(3), null))
        .containsExactly(
            "1: shape: last_physical_to_logical_map has expert 3 in slot 3 of layer 1, model other"
                + " has 3 experts");
  }

  private static ModelGeometry experts(int experts) {
    return new ModelGeometry("other", "main", 3, List.of(1, 2), experts, 2, 0, null, 1);
  }

  @Test
  void otherFilesOfPyTorchAreNamed() {
    assertThat(read(TorchBytes.MAP, SMALL, null))
        .containsExactly(
            "1: no-routing: no dump of SGLang's recorder, neither records nor logical_count among"
                + " the keys [physical_to_logical_map]");
    assertThat(read(TorchBytes.LIST, SMALL, null))
        .containsExactly("1: malformed: what was saved is no dict");
    assertThat(read(TorchBytes.BIG_ENDIAN, SMALL, null))
        .containsExactly("1: malformed: the tensors are in byte order 'big', only little is read");
  }

  @Test
  void isRecognisedByItsContent() throws IOException {
    for (var encoded : List.of(TorchBytes.STAT, TorchBytes.MOVED_PER_TOKEN)) {
      assertThat(TraceFormat.detect(new ByteArrayInputStream(TorchBytes.decode(encoded))))
          .contains(TraceFormat.SGLANG_RECORDER);
    }
  }

  /** The directory of a ZIP file is at its end: without it there is nothing to be had. */
  @Test
  void everyTruncationIsReportedOnce() {
    var whole = TorchBytes.decode(TorchBytes.STAT);
    for (int length = 0; length < whole.length; length++) {
      assertThat(read(Arrays.copyOf(whole, length), SMALL, null))
          .singleElement()
          .asString()
          .startsWith("1: unreadable: ");
    }
  }

  @Test
  void noByteThatIsWrongMakesItThrow() {
    var content = TorchBytes.decode(TorchBytes.PER_TOKEN);
    for (int i = 0; i < content.length; i++) {
      byte right = content[i];
      content[i] ^= (byte) (i % 2 == 0 ? 0xFF : 1);
      assertThat(read(content, SMALL, null)).hasSize(1);
      content[i] = right;
    }
  }

  /** 400 passes of 8 requests; the {@code stat} dump is of the same passes. */
  @Test
  void realDumpsOfTheSamePassesAgree() throws IOException {
    var folder = SharedFiles.gptOss20b("sglang-recorder");
    var context = new ReadContext(GPT_OSS_20B, null);
    var routed =
        Readers.records(
            TraceFormat.SGLANG_RECORDER,
            Files.readAllBytes(folder.resolve("expert_distribution_recorder_1760000000.25_0.pt")),
            context);
    var counted =
        Readers.records(
            TraceFormat.SGLANG_RECORDER,
            Files.readAllBytes(folder.resolve("expert_distribution_recorder_1760000000.5.pt")),
            context);
    assertThat(routed).hasSize(400);
    assertThat(counted).hasSize(400);
    for (int pass = 0; pass < 400; pass++) {
      var runs = ((TraceRecord.Routed) routed.get(pass)).runs();
      var loads = ((TraceRecord.Counted) counted.get(pass)).loads();
      assertThat(runs)
          .hasSize(8)
          .allMatch(run -> run.tokens() == 1 && run.phase().equals(RoutingTable.DECODE));
      assertThat(runs.get(0).origin()).isEqualTo(RunOrigin.pass(pass, 0));
      assertThat(loads.origin()).isEqualTo(RunOrigin.pass(pass, null));
      assertThat(counts(runs)).isEqualTo(loads.counts());
    }
    var first = ((TraceRecord.Routed) routed.get(0)).runs();
    assertThat(first.stream().map(RoutedRun::firstPosition))
        .containsExactly(217, 197, 293, 226, 174, 312, 162, 225);
    assertThat(first.get(7).id(0, 23, 0)).isEqualTo(14);
  }

  private static long[] counts(List<RoutedRun> runs) {
    var counts = new long[24 * 32];
    for (var run : runs) {
      for (int layer = 0; layer < 24; layer++) {
        for (int k = 0; k < 4; k++) {
          counts[layer * 32 + run.id(0, layer, k)]++;
        }
      }
    }
    return counts;
  }

  private static List<String> read(String encoded, ModelGeometry model, String phase) {
    return records(encoded, model, phase).stream().map(Readers::describe).toList();
  }

  private static List<String> read(byte[] content, ModelGeometry model, String phase) {
    var context = new ReadContext(model, phase);
    return Readers.records(TraceFormat.SGLANG_RECORDER, content, context).stream()
        .map(Readers::describe)
        .toList();
  }

  private static List<TraceRecord> records(String encoded, ModelGeometry model, String phase) {
    return Readers.records(
        TraceFormat.SGLANG_RECORDER, TorchBytes.decode(encoded), new ReadContext(model, phase));
  }
}
