package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.SharedFiles;
import coterie.ingest.model.ModelPresets;
import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrtllmReaderTest {

  /** Three layers of which the first is dense, top-2 of 4. */
  static final ModelGeometry MODEL = model(List.of(1, 2), 4, 2);

  /** The layers' counts: 4 1 4 3 and 2 3 3 4 in iteration 100, 4 1 4 3 and 2 3 3 4 in 101. */
  static final byte[] RANK =
      Base64.getDecoder()
          .decode(
              "EAEAAAAAAAB7IjEwMF8xIjogeyJkdHlwZSI6ICJJNjQiLCAic2hhcGUiOiBbNF0sICJkYXRhX29mZnNldHMi"
                  + "OiBbMCwgMzJdfSwgIjEwMF8yIjogeyJkdHlwZSI6ICJJNjQiLCAic2hhcGUiOiBbNF0sICJkYXRh"
                  + "X29mZnNldHMiOiBbMzIsIDY0XX0sICIxMDFfMSI6IHsiZHR5cGUiOiAiSTY0IiwgInNoYXBlIjog"
                  + "WzRdLCAiZGF0YV9vZmZzZXRzIjogWzY0LCA5Nl19LCAiMTAxXzIiOiB7ImR0eXBlIjogIkk2NCIs"
                  + "ICJzaGFwZSI6IFs0XSwgImRhdGFfb2Zmc2V0cyI6IFs5NiwgMTI4XX19ICAgIAQAAAAAAAAAAQAA"
                  + "AAAAAAAEAAAAAAAAAAMAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAMAAAAAAAAABAAAAAAAAAAEAAAA"
                  + "AAAAAAEAAAAAAAAABAAAAAAAAAADAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAADAAAAAAAAAAQAAAAA"
                  + "AAAA");

  private static final int DATA_AT = 8 + 272;

  private static final String SLOTS =
      ", model tiny has %d experts; if it is the right model, these are slots of TensorRT-LLM's"
          + " load balancer, not experts: switch it off for recording";

  @Test
  void anIterationIsARecord() {
    assertThat(read("rank3.safetensors", RANK, MODEL))
        .containsExactly(
            "1: mixed step 100 rank 3 [4, 1, 4, 3, 2, 3, 3, 4]",
            "2: mixed step 101 rank 3 [4, 1, 4, 3, 2, 3, 3, 4]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"trace", "rank.safetensors", "rank-1.safetensors", "rank0_raw.safetensors"})
  void aNameThatDoesNotSayTheRankLeavesItOpen(String name) {
    assertThat(read(name, RANK, MODEL)).allMatch(line -> line.contains(" rank null "));
  }

  @Test
  void thePhaseIsTheUsers() {
    assertThat(Readers.records(TraceFormat.TENSORRT_LLM, RANK, new ReadContext(MODEL, "decode")))
        .extracting(record -> ((TraceRecord.Counted) record).loads().phase())
        .containsExactly("decode", "decode");
  }

  @Test
  void int32IsReadToo() {
    var data = new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0};
    var header = "{\"7_0\": {\"dtype\": \"I32\", \"shape\": [4], \"data_offsets\": [0, 16]}}";
    assertThat(read("rank0.safetensors", file(header, data), model(List.of(0), 4, 2)))
        .containsExactly("1: mixed step 7 rank 0 [1, 2, 3, 4]");
  }

  /** 101_2 becomes 102_2, so that 101 lacks layer 2 and 102 lacks layer 1; 100 is whole. */
  @Test
  void anIterationWithoutALayerIsRejectedAlone() {
    assertThat(read("rank0.safetensors", replaced("101_2", "102_2"), MODEL))
        .containsExactly(
            "1: mixed step 100 rank 0 [4, 1, 4, 3, 2, 3, 3, 4]",
            "2: shape: iteration 101 lacks layer 2 of model tiny",
            "3: shape: iteration 102 lacks layer 1 of model tiny");
  }

  @Test
  void anIterationWithALayerThatIsNotMoeIsRejectedAlone() {
    assertThat(read("rank0.safetensors", RANK, model(List.of(2), 4, 2)))
        .containsExactly(
            "1: shape: iteration 100 has layer 1, which is no MoE layer of model tiny",
            "2: shape: iteration 101 has layer 1, which is no MoE layer of model tiny");
  }

  /** No two names mean the same iteration and layer. */
  @Test
  void otherNamesAreRejectedByName() {
    assertThat(read("rank0.safetensors", replaced("101_1", "01_01"), MODEL))
        .containsExactly(
            "1: mixed step 100 rank 0 [4, 1, 4, 3, 2, 3, 3, 4]",
            "2: shape: iteration 101 lacks layer 1 of model tiny",
            "3: malformed: tensor '01_01' is not named {iteration}_{layer}");
  }

  @Test
  void slotsAreNoExperts() {
    assertThat(read("rank0.safetensors", RANK, model(List.of(1, 2), 3, 2)))
        .containsExactly(
            "1: shape: tensor '100_1' counts 4" + SLOTS.formatted(3),
            "2: shape: tensor '101_1' counts 4" + SLOTS.formatted(3));
  }

  /** The variant with the ids of single tokens, {@code [tokens, k]}. */
  @Test
  void tensorsOfOtherShapesAreRejected() {
    assertThat(read("rank0.safetensors", replaced(": [4], ", ":[2,2],"), MODEL))
        .containsExactly(
            "1: shape: tensor '100_1' of shape [2, 2], expected [4]",
            "2: shape: tensor '101_1' of shape [2, 2], expected [4]");
  }

  @Test
  void negativeAndEndlessCountsAreRejected() {
    var bytes = RANK.clone();
    Arrays.fill(bytes, DATA_AT, DATA_AT + 8, (byte) 0xFF);
    bytes[DATA_AT + 64 + 7] = 0x7F;
    assertThat(read("rank0.safetensors", bytes, MODEL))
        .containsExactly(
            "1: shape: count -1 of expert 0 in layer 1",
            "2: shape: count 9151314442816847876 of expert 0 in layer 1");
  }

  @Test
  void everyTruncationKeepsTheIterationsBeforeIt() {
    for (int length = 0; length < RANK.length; length++) {
      var records = read("rank0.safetensors", Arrays.copyOf(RANK, length), MODEL);
      int iterations = length < DATA_AT ? 1 : 2;
      assertThat(records).as("%d bytes", length).hasSize(iterations);
      if (length < DATA_AT + 64) {
        assertThat(records).allMatch(line -> line.contains(": unreadable: "));
      } else {
        assertThat(records.get(0)).startsWith("1: mixed step 100");
        assertThat(records.get(1)).startsWith("2: unreadable: tensor '101_");
      }
    }
  }

  @Test
  void aHugeHeaderIsRefused() {
    var bytes = RANK.clone();
    bytes[7] = 0x7F;
    assertThat(read("rank0.safetensors", bytes, MODEL))
        .containsExactly(
            "1: malformed: safetensors header of 9151314442816848144 bytes,"
                + " at most 100000000 are read");
  }

  @Test
  void theMetaFileStatesAndHasNoRecord() {
    var meta = bytes("{\"num_experts\": 4, \"num_experts_per_token\": 2}");
    assertThat(read("meta_info.json", meta, MODEL)).isEmpty();
    assertThat(stated(meta)).isEqualTo(new StatedShape(null, 4, 2));
    assertThat(stated(RANK)).isEqualTo(StatedShape.NONE);
    assertThat(stated(bytes("{\"num_experts\": 4.5}"))).isEqualTo(StatedShape.NONE);
    assertThat(stated(bytes("{\"num"))).isEqualTo(StatedShape.NONE);
  }

  @Test
  void aMetaFileThatDoesNotFitSaysSo() {
    assertThat(
            read(
                "meta_info.json",
                bytes("{\"num_experts\": 6, \"num_experts_per_token\": 2}"),
                MODEL))
        .containsExactly("1: shape: meta_info.json states 6" + SLOTS.formatted(4));
    assertThat(
            read(
                "meta_info.json",
                bytes("{\"num_experts\": 4, \"num_experts_per_token\": 1}"),
                MODEL))
        .containsExactly("1: shape: meta_info.json states top-1, model tiny has top-2");
    assertThat(read("meta_info.json", bytes("{\"num_experts\": 4}"), MODEL))
        .containsExactly(
            "1: malformed: meta_info.json has no numbers num_experts and num_experts_per_token");
    assertThat(read("meta_info.json", bytes("{\"num_experts\": 4"), MODEL))
        .containsExactly("1: malformed: meta_info.json is no JSON");
    assertThat(read("meta_info.json", bytes("{\"a\": \"" + "x".repeat(5000) + "\"}"), MODEL))
        .containsExactly("1: malformed: meta_info.json of 5009 bytes, at most 4096 are read");
  }

  @Test
  void isToldByItsFirstTensor() throws IOException {
    assertThat(detect(RANK)).isTrue();
    assertThat(detect(file("{\"__metadata__\":{\"format\":\"pt\"},\"12_3\":{}}", new byte[0])))
        .isTrue();
    assertThat(detect(file("{\"model.embed_tokens.weight\":{}}", new byte[0]))).isFalse();
    assertThat(detect(bytes("{\n \"num_experts\": 4,\n \"num_experts_per_token\": 2\n}"))).isTrue();
    // config.json of a model
    assertThat(detect(bytes("{\"num_experts\": 4, \"num_experts_per_tok\": 2}"))).isFalse();
  }

  /**
   * Four ranks and 100 iterations of gpt-oss-20b: 24 layers see the same tokens, and each token
   * calls four experts.
   */
  @Test
  void realRanksAddUpToWholeTokensInEveryLayer() {
    var folder = SharedFiles.gptOss20b("tensorrt-llm/expert_statistic");
    var model = ModelPresets.find("gpt-oss-20b").orElseThrow();
    var calls = new TreeMap<Long, long[]>();
    for (int rank = 0; rank < 4; rank++) {
      for (var record : file(folder.resolve("rank%d.safetensors".formatted(rank)), model)) {
        var loads = ((TraceRecord.Counted) record).loads();
        assertThat(loads.origin().rank()).isEqualTo(rank);
        var byLayer = calls.computeIfAbsent(loads.origin().step(), step -> new long[24]);
        for (int i = 0; i < loads.counts().length; i++) {
          byLayer[i / 32] += loads.counts()[i];
        }
      }
    }
    assertThat(calls).hasSize(100);
    for (var byLayer : calls.values()) {
      assertThat(byLayer[0]).isPositive();
      assertThat(byLayer[0] % 4).isZero();
      assertThat(byLayer).containsOnly(byLayer[0]);
    }
    assertThat(file(folder.resolve("meta_info.json"), model)).isEmpty();
  }

  private static List<TraceRecord> file(java.nio.file.Path path, ModelGeometry model) {
    var part = new TracePart(path.getFileName().toString(), () -> Files.newInputStream(path));
    return records(part, model);
  }

  private static List<TraceRecord> records(TracePart part, ModelGeometry model) {
    try (var reader = TraceFormat.TENSORRT_LLM.open(List.of(part), new ReadContext(model, null))) {
      return Readers.records(reader);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> read(String name, byte[] content, ModelGeometry model) {
    return records(new TracePart(name, () -> new ByteArrayInputStream(content)), model).stream()
        .map(Readers::describe)
        .toList();
  }

  private static StatedShape stated(byte[] content) {
    return TraceFormat.TENSORRT_LLM.stated(new ByteArrayInputStream(content));
  }

  private static boolean detect(byte[] content) throws IOException {
    return TraceFormat.detect(new ByteArrayInputStream(content))
        .equals(java.util.Optional.of(TraceFormat.TENSORRT_LLM));
  }

  private static ModelGeometry model(List<Integer> moeLayers, int experts, int topK) {
    return new ModelGeometry("tiny", "main", 3, moeLayers, experts, topK, 0, null, 1);
  }

  /** The file with another text of the same length. */
  private static byte[] replaced(String from, String to) {
    return new String(RANK, StandardCharsets.ISO_8859_1)
        .replace(from, to)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] file(String header, byte[] data) {
    var bytes = new byte[8 + header.length() + data.length];
    bytes[0] = (byte) header.length();
    System.arraycopy(bytes(header), 0, bytes, 8, header.length());
    System.arraycopy(data, 0, bytes, 8 + header.length(), data.length);
    return bytes;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
