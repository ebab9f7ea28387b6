package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.GgufBytes;
import coterie.ingest.table.ModelGeometry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImatrixReaderTest {

  private static final byte[] SMALL = bytes(GgufBytes.SMALL);
  private static final int LAYER_1_AT = 384;
  private static final int LAYER_3_AT = 416;

  /** Layer 3's up in {@link GgufBytes#FULL}; gate and down lie before it. */
  private static final int LAST_UP_AT = bytes(GgufBytes.FULL).length - 32;

  @ParameterizedTest
  @ValueSource(strings = {GgufBytes.FULL, GgufBytes.MERGED, GgufBytes.ALIGNED, GgufBytes.SMALL})
  void countsAreOneRecord(String encoded) {
    assertThat(read(bytes(encoded), Models.WITH_DENSE_LAYERS))
        .containsExactly("1: mixed step null rank null [5, 4, 3, 8, 10, 0, 7, 3]");
  }

  @Test
  void matricesOfOneLayerMustAgree() {
    assertThat(read(withFloat(bytes(GgufBytes.FULL), LAST_UP_AT + 4, 2), Models.WITH_DENSE_LAYERS))
        .containsExactly(
            "1: shape: expert 1 has 0 rows in blk.3.ffn_down_exps.weight.counts"
                + " and 2 in blk.3.ffn_up_exps.weight.counts");
  }

  @ParameterizedTest
  @CsvSource({"1.5, 1.5", "-1, -1.0", "NaN, NaN", "Infinity, Infinity"})
  void whatIsNoCountIsRejectedByName(float value, String printed) {
    assertThat(read(withFloat(SMALL, LAYER_1_AT + 8, value), Models.WITH_DENSE_LAYERS))
        .containsExactly(
            "1: malformed: expert 2 in blk.1.ffn_gate_exps.weight.counts is "
                + printed
                + ", which is no count");
  }

  @Test
  void layersMustBeTheModels() {
    assertThat(read(SMALL, model(List.of(1, 2, 3), 4)))
        .containsExactly("1: shape: no counts of 1 of 3 MoE layers of model tiny: [2]");
    assertThat(read(SMALL, model(List.of(1), 4)))
        .containsExactly(
            "1: shape: blk.3.ffn_gate_exps.weight.counts,"
                + " but layer 3 is no MoE layer of model tiny");
  }

  @Test
  void expertsMustBeTheModels() {
    assertThat(read(SMALL, model(List.of(1, 3), 8)))
        .containsExactly(
            "1: shape: blk.1.ffn_gate_exps.weight.counts has shape [1, 4],"
                + " model tiny has 8 experts");
  }

  /** What was converted from .dat has one count for all experts together. */
  @Test
  void aSingleCountIsExplained() {
    var single = SMALL.clone();
    var text = new String(SMALL, StandardCharsets.ISO_8859_1);
    single[text.indexOf("weight.counts") + 13 + 4 + 8] = 1;
    assertThat(read(single, Models.WITH_DENSE_LAYERS))
        .containsExactly(
            "1: shape: blk.1.ffn_gate_exps.weight.counts has shape [1, 1], model dense has"
                + " 4 experts; a file converted from .dat has no counts of experts");
  }

  /** The last 16 bytes are padding. */
  @Test
  void everyTruncationIsReported() {
    for (int length = 0; length < LAYER_3_AT + 16; length++) {
      assertThat(read(Arrays.copyOf(SMALL, length), Models.WITH_DENSE_LAYERS))
          .as("%d bytes", length)
          .singleElement()
          .asString()
          .startsWith("1: unreadable: the file ends ");
    }
  }

  @Test
  void otherGgufFilesAreRejected() throws IOException {
    assertThat(read(bytes(GgufBytes.MODEL), Models.WITH_DENSE_LAYERS))
        .containsExactly("1: malformed: GGUF whose general.type is model, expected imatrix");
    assertThat(TraceFormat.detect(new ByteArrayInputStream(bytes(GgufBytes.MODEL)))).isEmpty();
    assertThat(TraceFormat.detect(new ByteArrayInputStream(SMALL))).contains(TraceFormat.IMATRIX);
  }

  private static byte[] withFloat(byte[] file, int at, float value) {
    var bytes = file.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, value);
    return bytes;
  }

  private static ModelGeometry model(List<Integer> moeLayers, int experts) {
    return new ModelGeometry("tiny", "main", 4, moeLayers, experts, 2, 0, null, 1);
  }

  private static List<String> read(byte[] content, ModelGeometry model) {
    return Readers.records(TraceFormat.IMATRIX, content, new ReadContext(model, null)).stream()
        .map(Readers::describe)
        .toList();
  }

  private static byte[] bytes(String encoded) {
    return Base64.getDecoder().decode(encoded);
  }
}
