package coterie.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import coterie.ingest.container.Float16;
import coterie.ingest.table.RoutingTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvReaderTest {

  private static final ReadContext TINY = new ReadContext(Models.TINY, RoutingTable.DECODE);
  private static final String HEADER = "request,token,layer,experts";

  @Test
  void listsAreSeparatedWithinAField() {
    assertThat(
            lines(
                HEADER,
                "a,10,0,3 2",
                "a,10,1,1;0",
                "a,11,0,0|1",
                "a,11,1,\"2, 3\"",
                "\"b \"\"2\"\"\", 0 , 0 ,\"[3, 2]\"",
                "\"b \"\"2\"\"\",0,1, 1 0 "))
        .containsExactly("2: a decode@10 [3 2|1 0][0 1|2 3]", "6: b \"2\" decode@0 [3 2|1 0]");
  }

  @Test
  void listsAreSpreadOverColumns() {
    var records =
        records(
            TINY,
            "\uFEFFlayer,note,weight_1,weight_0,expert_0,expert_1,position,request_id,phase\r",
            "0,x,0.25,0.75,3,2,0,a,prefill\r",
            "1,,0.5,0.5,1,0,0,a,0\r");
    assertThat(records)
        .singleElement()
        .extracting(Readers::describe)
        .isEqualTo("2: a prefill@0 [3 2|1 0]");
    var run = ((TraceRecord.Routed) records.get(0)).runs().get(0);
    assertThat(run.weight(0, 0, 0)).isEqualTo(Float16.fromFloat(0.75f));
    assertThat(run.weight(0, 0, 1)).isEqualTo(Float16.fromFloat(0.25f));
  }

  @Test
  void badRowsTakeTheirTokenWithThem() {
    var records =
        records(
            TINY,
            HEADER + ",weights",
            "a,0,0,3 2,0.5 0.5",
            "a,0,1,1 0,0.5 0.5",
            "",
            "a,1,0,3 2,0.5 0.5",
            "a,1,1,\"3 2,0.5 0.5",
            "a,2,x,3 2,0.5 0.5",
            "a,2,1,3 b,0.5 0.5",
            "a,3,0,3 2,0.5 c",
            "a,3,1,3 2 1,0.5 0.5 0",
            "a,4",
            ",4,0,3 2,0.5 0.5",
            "a,5,0,3 2,0.5 NaN",
            "a,5,1,3 2,0.5 0.5",
            "a,6,0,3 2,0.5 0.5",
            "a,6,1,1 0,0.5 0.5");
    assertThat(Accounts.of(Models.TINY, records))
        .containsExactly(
            "2 of 4 tokens kept",
            "malformed: record 6 token null layer null: expert '0.5' is no whole number",
            "malformed: record 7 token null layer null: layer 'x' is no whole number",
            "malformed: record 8 token null layer null: expert 'b' is no whole number",
            "malformed: record 9 token null layer null: weight 'c' is no number",
            "malformed: record 11 token null layer null: no layer",
            "malformed: record 12 token null layer null: no request",
            "shape: record 10 token null layer null: 3 experts in layer 1, model tiny has top-2",
            "bad-weight: record 2 token 5 layer 0: experts [3, 2]",
            "missing-layer: record 2 token 1 layer 1: no sound row");
  }

  @Test
  void aFileWithoutHeaderIsRefusedOnce() {
    assertThat(lines("a,0,0,3 2", "a,0,1,1 0"))
        .containsExactly(
            "1: malformed: no header with request, token, layer and experts: no row of the file"
                + " can be read");
    assertThat(lines("token,layer,experts", "0,0,3 2")).hasSize(1);
    assertThat(lines()).isEmpty();
    assertThat(lines(HEADER)).isEmpty();
  }

  @Test
  void columnsAreBounded() {
    assertThat(lines(HEADER, "a,0,0,3 2" + ",".repeat(5000), "a,1,0,3 2", "a,1,1,1 0"))
        .containsExactly(
            "2: malformed: no CSV row of at most 4096 columns", "3: a decode@1 [3 2|1 0]");
  }

  @Test
  void theWorkloadIsTheColumnThatTheUserNames() {
    var context = new ReadContext(Models.TINY, RoutingTable.DECODE, "family");
    var record =
        (TraceRecord.Routed) records(context, HEADER + ",family", "a,0,0,3 2,maths").get(0);
    assertThat(record.runs().get(0).origin().workload()).isEqualTo("maths");
  }

  @Test
  void noTruncationThrows() {
    var whole = HEADER + ",phase\na,0,0,\"3 2\",decode\na,0,1,1 0,decode\n";
    for (int length = 0; length <= whole.length(); length++) {
      var records = records(TINY, whole.substring(0, length));
      assertThat(Accounts.of(Models.TINY, records)).isNotEmpty();
    }
  }

  private static List<String> lines(String... lines) {
    return records(TINY, lines).stream().map(Readers::describe).toList();
  }

  private static List<TraceRecord> records(ReadContext context, String... lines) {
    var content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    return Readers.records(TraceFormat.CSV, content, context);
  }
}
