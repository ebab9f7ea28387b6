package coterie.ingest.read;

import static coterie.ingest.read.NumpyBytes.U1;
import static coterie.ingest.read.NumpyBytes.U2;
import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.table.RoutingTable;
import org.junit.jupiter.api.Test;

class VllmReaderTest {

  private static final String ALL = "[3 2|1 0][0 1|2 3][3 1|0 2][1 2|3 0]";

  /** Four rows, five completion tokens: the prompt was skipped, all rows are decode. */
  @Test
  void rowsOfTheCompletionAlone() {
    assertThat(vllm(line("cmpl-a/b/0", U1, 7, 5))).containsExactly("1: a/b/0 decode@7 " + ALL);
    assertThat(vllm(line("chatcmpl-x", U2, 7, 5))).containsExactly("1: x decode@7 " + ALL);
  }

  /** Two prompt tokens and three completion tokens make four rows: 2 + 3 - 1. */
  @Test
  void promptRowsComeFirst() {
    assertThat(vllm(line("cmpl-r", U1, 2, 3)))
        .containsExactly("1: r prefill@0 [3 2|1 0][0 1|2 3] r decode@2 [3 1|0 2][1 2|3 0]");
  }

  /**
   * Six prompt tokens, two completion tokens, four rows: the first three prompt rows were skipped.
   */
  @Test
  void aSkippedStartOfThePromptShiftsPositions() {
    assertThat(vllm(line("cmpl-r", U1, 6, 2)))
        .containsExactly("1: r prefill@3 [3 2|1 0][0 1|2 3][3 1|0 2] r decode@6 [1 2|3 0]");
  }

  /** usage counts both completions: 3 + 3. Each array has 2 prompt rows and 2 decode rows. */
  @Test
  void choicesShareTheirPrompt() {
    var two =
        """
        {"id": "cmpl-r", "choices": [{"index": 0, "routed_experts": "%s"}, \
        {"index": 1, "routed_experts": "%s"}], \
        "usage": {"prompt_tokens": 2, "completion_tokens": 6}}"""
            .formatted(U1, U1);
    assertThat(vllm(two))
        .containsExactly(
            "1: r prefill@0 [3 2|1 0][0 1|2 3] r decode@2 [3 1|0 2][1 2|3 0]",
            "1: r#1 decode@2 [3 1|0 2][1 2|3 0]");
  }

  @Test
  void badLinesLeaveTheirNeighboursAlone() {
    assertThat(
            vllm(
                line("cmpl-a", U1, 7, 5),
                "{\"id\": \"cmpl-b\", \"choices\": [{\"routed_exp",
                "",
                "[1, 2]",
                "{\"id\": \"cmpl-c\", \"choices\": []}",
                "{\"id\": \"cmpl-d\", \"choices\": [{\"index\": 0, \"text\": \"\"}]}",
                line("cmpl-e", "!!!!", 7, 5),
                line("cmpl-f", U1.substring(0, 40), 7, 5),
                line("cmpl-g", U1, 7, 5) + " trailing",
                line("cmpl-h", U1, 7, 9),
                line("cmpl-i", U1, 7, 5)))
        .satisfiesExactly(
            ok -> assertThat(ok).startsWith("1: a decode"),
            cut -> assertThat(cut).startsWith("2: malformed: Unexpected end-of-input"),
            list -> assertThat(list).isEqualTo("4: malformed: not a JSON object"),
            none -> assertThat(none).isEqualTo("5: malformed: no choices"),
            off -> assertThat(off).isEqualTo("6: no-routing: choices[0] has no routed_experts"),
            text -> assertThat(text).startsWith("7: malformed: routed_experts is not base64"),
            header -> assertThat(header).startsWith("8: malformed: npy ends inside its header"),
            more -> assertThat(more).startsWith("9: malformed: "),
            counts ->
                assertThat(counts)
                    .isEqualTo(
                        "10: shape: 4 rows do not fit prompt_tokens 7 and completion_tokens"),
            last -> assertThat(last).startsWith("11: i decode"));
  }

  @Test
  void anotherModelsShapeIsRefusedWithBothShapes() {
    assertThat(
            Readers.lines(
                TraceFormat.VLLM, Models.WITH_DENSE_LAYERS.named("m", "r"), line("a", U1, 7, 5)))
        .containsExactly("1: a decode@7 " + ALL);
    var wider = new ReadContext(model(3, 2), null);
    assertThat(Readers.lines(TraceFormat.VLLM, wider, line("a", U1, 7, 5)))
        .containsExactly("1: shape: 2 layers x top-2, model wide has 3 x top-2");
  }

  @Test
  void withoutUsageTheUserStatesThePhase() {
    var line = "{\"choices\": [{\"routed_experts\": \"%s\"}]}".formatted(U1);
    assertThat(vllm(line))
        .containsExactly("1: phase-unknown: no prompt_tokens and completion_tokens");
    var stated = new ReadContext(Models.TINY, RoutingTable.DECODE);
    assertThat(Readers.lines(TraceFormat.VLLM, stated, line))
        .containsExactly("1: - decode@0 " + ALL);
  }

  @Test
  void windowsLineEndsAndNoLastLineEndAreFine() {
    assertThat(vllm(line("a", U1, 7, 5) + "\r", line("b", U1, 7, 5))).hasSize(2);
  }

  private static coterie.ingest.table.ModelGeometry model(int layers, int topK) {
    return new coterie.ingest.table.ModelGeometry(
        "wide",
        "main",
        layers,
        coterie.ingest.table.ModelGeometry.layersFrom(0, layers),
        4,
        topK,
        0,
        null,
        1);
  }

  private static java.util.List<String> vllm(String... lines) {
    return Readers.lines(TraceFormat.VLLM, Models.TINY, lines);
  }

  private static String line(String id, String experts, int prompt, int completion) {
    return """
        {"id": "%s", "choices": [{"index": 0, "routed_experts": "%s"}], \
        "usage": {"prompt_tokens": %d, "completion_tokens": %d}}"""
        .formatted(id, experts, prompt, completion);
  }
}
