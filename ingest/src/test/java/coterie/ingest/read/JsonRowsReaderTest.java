package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.Float16;
import coterie.ingest.container.LineReader;
import coterie.ingest.table.RoutingTable;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonRowsReaderTest {

  private static final ReadContext TINY = new ReadContext(Models.TINY, RoutingTable.DECODE);

  /** Two requests of two tokens; the layers of a token and the tokens in any order. */
  @Test
  void rowsOfARequestBecomeItsTokens() {
    assertThat(
            lines(
                row("a", 11, 1, "[2, 3]"),
                row("a", 10, 0, "[3, 2]"),
                row("a", 11, 0, "[0, 1]"),
                row("a", 10, 1, "[1, 0]"),
                row("b", 0, 0, "[3, 1]"),
                row("b", 0, 1, "[0, 2]")))
        .containsExactly("1: a decode@10 [3 2|1 0][0 1|2 3]", "5: b decode@0 [3 1|0 2]");
  }

  @Test
  void fieldsHaveOtherNamesToo() {
    assertThat(
            lines(
                "{\"request_id\": 7, \"position\": 0, \"layer_id\": 0, \"topk_ids\": [3, 2]}",
                "{\"request_id\": 7, \"position\": 0, \"layer_id\": 1, \"expert_ids\": [1, 0]}"))
        .containsExactly("1: 7 decode@0 [3 2|1 0]");
  }

  /** Tokens 0 and 1 are prompt, 2 is decoded, 3 is absent, 4 has weights: four runs. */
  @Test
  void runsEndWherePhasePositionOrWeightsDo() {
    var model = Models.WITH_DENSE_LAYERS;
    var records =
        records(
            new ReadContext(model, null),
            phased(0, 1, "\"prefill\"", ""),
            phased(0, 3, "0", ""),
            phased(1, 1, "0", ""),
            phased(1, 3, "0", ""),
            phased(2, 1, "1", ""),
            phased(2, 3, "\"decode\"", ""),
            phased(4, 1, "1", ", \"weights\": [0.75, 0.25]"),
            phased(4, 3, "1", ", \"topk_weights\": [1, 1e9]"),
            phased(5, 1, "1", ""),
            phased(5, 3, "1", ""));
    assertThat(records)
        .singleElement()
        .extracting(Readers::describe)
        .isEqualTo(
            "1: r prefill@0 [1 2|1 2][1 2|1 2] r decode@2 [1 2|1 2] r decode@4 [1 2|1 2]"
                + " r decode@5 [1 2|1 2]");
    var runs = ((TraceRecord.Routed) records.get(0)).runs();
    assertThat(runs).extracting(RoutedRun::hasWeights).containsExactly(false, false, true, false);
    assertThat(runs.get(2).weight(0, 0, 1)).isEqualTo(Float16.fromFloat(0.25f));
    assertThat(Accounts.of(model, records))
        .containsExactly(
            "4 of 5 tokens kept", "bad-weight: record 1 token 4 layer 3: experts [1, 2]");
  }

  /** Layers are hidden-layer ids: 1 and 3 are routed, 0 and 2 are dense and passed over. */
  @Test
  void layersAreHiddenLayers() {
    var dense = new ReadContext(Models.WITH_DENSE_LAYERS, RoutingTable.DECODE);
    assertThat(
            described(
                dense,
                row("a", 0, 0, "[0, 0]"),
                row("a", 0, 1, "[3, 2]"),
                row("a", 0, 2, "[0]"),
                row("a", 0, 3, "[1, 0]"),
                row("a", 1, 4, "[1, 0]"),
                row("b", 0, 0, "[0, 0]")))
        .containsExactly(
            "5: shape: layer 4, model dense has layers 0 to 3",
            "1: a decode@0 [3 2|1 0]",
            "6: empty: no sound row of an MoE layer");
  }

  /** Each bad row is rejected by its line; the token that lacks its layer goes, others stay. */
  @Test
  void badRowsTakeTheirTokenWithThem() {
    var records =
        records(
            TINY,
            row("a", 0, 0, "[3, 2]"),
            row("a", 0, 1, "[1, 0]"),
            row("a", 1, 0, "[3, 2]"),
            "{\"request\": \"a\", \"token\": 1, \"layer\": 1, \"exp",
            row("a", 2, 0, "[3]"),
            row("a", 2, 1, "[3, 2]"),
            row("a", 3, 0, "[3, 1.5]"),
            row("a", 3, 1, "\"3 1\""),
            row("a", 4, 0, "[3, 2]"),
            row("a", 4, 1, "[3, 2], \"weights\": [0.5]"),
            row("a", 5, 0, "[3, 99999999999]"),
            row("a", 5, 1, "[3, 2]"),
            row("a", 6, 0, "[3, 2]"),
            row("a", 6, 0, "[3, 1]"),
            row("a", 6, 1, "[3, 2]"),
            row("a", 7, 0, "[3, 2], \"phase\": \"prefill\""),
            row("a", 7, 1, "[3, 2], \"phase\": \"decode\""),
            row("a", 8, 0, "[3, 2], \"phase\": 2"),
            row("a", 9, 0, "[3, 2], \"weights\": [0.5, 0.5]"),
            row("a", 9, 1, "[3, 2]"),
            row("a", -1, 1, "[3, 2]"),
            "{\"token\": 9, \"layer\": 1, \"experts\": [3, 2]}",
            row("a", 10, 0, "[0, 1]"),
            row("a", 10, 1, "[2, 3]"));
    assertThat(Accounts.of(Models.TINY, records))
        .containsExactly(
            "2 of 9 tokens kept",
            "malformed: record 4 token null layer null: Unexpected end-of-input in field name",
            "malformed: record 7 token null layer null: no experts, or no list of numbers",
            "malformed: record 8 token null layer null: no experts, or no list of numbers",
            "malformed: record 10 token null layer null: 1 weights for 2 experts",
            "malformed: record 18 token null layer null: phase is '2'",
            "malformed: record 21 token null layer null: token -1",
            "malformed: record 22 token null layer null: no request, or no text or number",
            "shape: record 5 token null layer null: 1 experts in layer 0, model tiny has top-2",
            "id-out-of-range: record 1 token 5 layer 0: experts [3, -1]",
            "missing-layer: record 1 token 1 layer 1: no sound row",
            "missing-layer: record 1 token 2 layer 0: no sound row",
            "missing-layer: record 1 token 4 layer 1: no sound row",
            "missing-layer: record 1 token 6 layer 0: 2 rows",
            "missing-layer: record 1 token 7 layer 1: phase decode, in another layer prefill",
            "missing-layer: record 1 token 9 layer 1: weights in some layers only");
  }

  @Test
  void aRequestThatComesBackIsASecondRecord() {
    assertThat(
            lines(
                row("a", 0, 0, "[3, 2]"),
                row("a", 0, 1, "[1, 0]"),
                row("b", 0, 0, "[3, 2]"),
                row("b", 0, 1, "[1, 0]"),
                row("a", 1, 0, "[0, 1]"),
                row("a", 1, 1, "[2, 3]")))
        .containsExactly(
            "1: a decode@0 [3 2|1 0]", "3: b decode@0 [3 2|1 0]", "5: a decode@1 [0 1|2 3]");
  }

  @Test
  void withoutPhaseTheUserStatesIt() {
    assertThat(
            described(
                new ReadContext(Models.TINY, null),
                row("a", 0, 0, "[3, 2]"),
                row("a", 0, 1, "[1, 0]"),
                row("b", 0, 0, "[3, 2], \"phase\": 0"),
                row("b", 0, 1, "[1, 0], \"phase\": 0")))
        .containsExactly(
            "1: phase-unknown: the row of token 0 states no phase", "3: b prefill@0 [3 2|1 0]");
  }

  @Test
  void theWorkloadIsTheFieldThatTheUserNames() {
    var context = new ReadContext(Models.TINY, RoutingTable.DECODE, "family");
    var record =
        (TraceRecord.Routed)
            records(context, row("a", 0, 0, "[3, 2], \"family\": \"maths\"")).get(0);
    assertThat(record.runs().get(0).origin()).isEqualTo(RunOrigin.request("a", "maths", null));
  }

  @Test
  void aRequestOfTooManyRowsIsRefusedAndTheNextIsRead() {
    var in =
        stream(
            row("a", 0, 0, "[3, 2]"),
            row("a", 0, 1, "[1, 0]"),
            row("a", 1, 0, "[1, 0]"),
            row("b", 0, 0, "[3, 2]"),
            row("b", 0, 1, "[1, 0]"));
    var reader = new JsonRowsReader(new LineReader(in), new RequestRows(TINY, 2), TINY);
    assertThat(Readers.records(reader).stream().map(Readers::describe))
        .containsExactly(
            "1: too-large: request 'a' has more than 2 rows", "4: b decode@0 [3 2|1 0]");
  }

  /** The bound is 70 bytes; a row here has 59. */
  @Test
  void aLineThatIsTooLongIsPassedOver() {
    var in =
        stream(
            row("a", 0, 0, "[3, 2]"),
            row("a", 0, 1, "[1, 0]                    "),
            row("b", 0, 0, "[3, 2]"),
            row("b", 0, 1, "[1, 0]"));
    var reader = new JsonRowsReader(new LineReader(in, 70), new RequestRows(TINY), TINY);
    var records = Readers.records(reader);
    assertThat(Accounts.of(Models.TINY, records))
        .containsExactly(
            "1 of 2 tokens kept",
            "empty: record 1 token null layer null: no token to keep",
            "too-large: record 2 token null layer null: a line of 79 bytes exceeds the bound of 70",
            "missing-layer: record 1 token 0 layer 1: no sound row");
  }

  @Test
  void aFileThatBreaksOffKeepsWhatCameBefore() {
    var rows = stream(row("a", 0, 0, "[3, 2]"), row("a", 0, 1, "[1, 0]"), "");
    var broken = new SequenceInputStream(rows, new BrokenStream());
    assertThat(Readers.records(new JsonRowsReader(broken, TINY)).stream().map(Readers::describe))
        .containsExactly("1: a decode@0 [3 2|1 0]", "3: unreadable: the disk is gone");
  }

  private static String row(String request, int token, int layer, String experts) {
    return "{\"request\": \"%s\", \"token\": %d, \"layer\": %d, \"experts\": %s}"
        .formatted(request, token, layer, experts);
  }

  private static String phased(int token, int layer, String phase, String more) {
    return row("r", token, layer, "[1, 2], \"phase\": " + phase + more);
  }

  private static List<String> lines(String... lines) {
    return described(TINY, lines);
  }

  private static List<String> described(ReadContext context, String... lines) {
    return Readers.lines(TraceFormat.JSON_ROWS, context, lines);
  }

  private static List<TraceRecord> records(ReadContext context, String... lines) {
    var content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return Readers.records(TraceFormat.JSON_ROWS, content, context);
  }

  private static InputStream stream(String... lines) {
    return new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }
}
