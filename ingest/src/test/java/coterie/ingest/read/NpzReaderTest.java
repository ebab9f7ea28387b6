package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.Float16;
import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class NpzReaderTest {

  private static final byte[] FULL = Base64.getDecoder().decode(NumpyBytes.NPZ);
  private static final byte[] IDS_ONLY = Base64.getDecoder().decode(NumpyBytes.NPZ_IDS_ONLY);

  /** Request 5 has two prefill tokens and one decode token, request 9 one decode token. */
  @Test
  void splitsByRequestPhaseAndPosition() {
    assertThat(read(FULL, new ReadContext(Models.WITH_DENSE_LAYERS, null)))
        .containsExactly(
            "1: 5 prefill@10 [3 2|1 0][0 1|2 3] 5 decode@12 [3 1|0 2]", "2: 9 decode@0 [1 2|3 0]");
  }

  @Test
  void gateWeightsStayHalfFloats() {
    var record =
        (TraceRecord.Routed)
            Readers.records(TraceFormat.NPZ, FULL, new ReadContext(Models.WITH_DENSE_LAYERS, null))
                .get(0);
    var run = record.runs().get(0);
    assertThat(run.weight(0, 0, 0)).isEqualTo(Float16.fromFloat(0.75f));
    assertThat(run.weight(1, 1, 0)).isEqualTo(Float16.fromFloat(1));
    assertThat(record.runs().get(1).weight(0, 1, 1)).isEqualTo(Float16.fromFloat(0.2f));
  }

  @Test
  void statesTheModel() {
    assertThat(TraceFormat.NPZ.stated(new ByteArrayInputStream(FULL)))
        .isEqualTo(new StatedShape(List.of(1, 3), 4, 2));
    assertThat(TraceFormat.NPZ.stated(new ByteArrayInputStream(IDS_ONLY)).complete()).isFalse();
    assertThat(TraceFormat.NPZ.stated(new ByteArrayInputStream(new byte[] {1, 2, 3})).complete())
        .isFalse();
  }

  @Test
  void idsAloneAreOneRecordOfTheStatedPhase() {
    assertThat(read(IDS_ONLY, new ReadContext(Models.TINY, null)))
        .containsExactly("1: phase-unknown: no array 'phase' [tokens]");
    assertThat(read(IDS_ONLY, new ReadContext(Models.TINY, RoutingTable.PREFILL)))
        .containsExactly("1: - prefill@0 [3 2|1 0][0 1|2 3][3 1|0 2][1 2|3 0]");
  }

  @Test
  void otherLayersThanTheModelsAreRefused() {
    assertThat(read(FULL, new ReadContext(Models.TINY, null)))
        .containsExactly(
            "1: shape: 2 layers x top-2 of 4 experts, model tiny has 2 MoE layers x top-2 of 4");
  }

  @Test
  void everyTruncationIsReportedAndNoneThrows() {
    for (int length = 0; length < FULL.length; length++) {
      var records =
          read(Arrays.copyOf(FULL, length), new ReadContext(Models.WITH_DENSE_LAYERS, null));
      // Also where it is cut behind the arrays: only the directory says that there are no more.
      assertThat(records).singleElement().asString().startsWith("1: unreadable: ");
    }
  }

  private static List<String> read(byte[] content, ReadContext context) {
    return Readers.records(TraceFormat.NPZ, content, context).stream()
        .map(Readers::describe)
        .toList();
  }
}
