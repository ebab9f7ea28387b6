package coterie.ingest.read;

import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.List;

/** Broken rows of CSV and JSON: a request of one token, of which one row is at fault. */
final class RowFaults {

  private static final ReadContext DECODE = new ReadContext(Models.TINY, RoutingTable.DECODE);
  private static final String HEADER = "request,token,layer,experts,weights,phase\n";
  private static final String NO_ROW = "4: empty: no sound row of an MoE layer";

  private RowFaults() {}

  static List<Fault> ofCsv() {
    return List.of(
        csv("a token of -1", "b,-1,0,3 2,,", "4: malformed: token -1", NO_ROW),
        csv("a token of 2^31", "b,2147483648,0,3 2,,", "4: malformed: token 2147483648", NO_ROW),
        csv(
            "a token of 2^64",
            "b,18446744073709551616,0,3 2,,",
            "4: malformed: token '18446744073709551616' is no whole number",
            NO_ROW),
        csv(
            "a layer of -1",
            "b,0,-1,3 2,,",
            "4: shape: layer -1, model tiny has layers 0 to 1",
            NO_ROW),
        csv(
            "a layer too many",
            "b,0,2,3 2,,",
            "4: shape: layer 2, model tiny has layers 0 to 1",
            NO_ROW),
        csv(
            "no experts",
            "b,0,0,,,",
            "4: shape: 0 experts in layer 0, model tiny has top-2",
            NO_ROW),
        csv(
            "an expert of 1.0",
            "b,0,0,3 1.0,,",
            "4: malformed: expert '1.0' is no whole number",
            NO_ROW),
        csv("one weight", "b,0,0,3 2,0.5,", "4: malformed: 1 weights for 2 experts", NO_ROW),
        csv("a phase that is none", "b,0,0,3 2,,warmup", "4: malformed: phase is 'warmup'", NO_ROW),
        csv("a column too few", "b,0", "4: malformed: no layer", NO_ROW),
        csv("another separator", "b;0;0;3 2", "4: malformed: no token", NO_ROW),
        csv("a zero byte", "b,0,\0,3 2,,", "4: malformed: …", NO_ROW),
        csv(
            "an expert twice",
            "b,0,0,3 3,,\nb,0,1,1 0,,",
            "4: b decode@0 [3 3|1 0]",
            "4 empty: no token to keep",
            "4@0 layer 0 repeated-expert: experts [3, 3]"),
        csv(
            "an expert of 2^40",
            "b,0,0,3 1099511627776,,\nb,0,1,1 0,,",
            "4: b decode@0 [3 -1|1 0]",
            "4 empty: no token to keep",
            "4@0 layer 0 id-out-of-range: experts [3, -1]"),
        csv(
            "a layer missing",
            "b,0,0,3 2,,",
            "4: b decode@0 [3 2|-1 -1]",
            "4 empty: no token to keep",
            "4@0 layer 1 missing-layer: no sound row"),
        Fault.file(
            TraceFormat.CSV,
            "a header of other columns",
            Fault.utf8("request,token,layer,selected\nb,0,0,3 2\nb,0,1,1 0\n"),
            "1: malformed: no header with request, token, layer and experts: no row of the file can be read"));
  }

  private static Fault csv(String name, String rows, String... expected) {
    return between(
        TraceFormat.CSV,
        name,
        HEADER + "a,0,0,3 2,,\na,0,1,1 0,,\n",
        rows,
        "c,0,0,3 2,,\nc,0,1,1 0,,\n",
        expected);
  }

  static List<Fault> ofJson() {
    return List.of(
        json(
            "a token as text",
            "\"token\": \"0\", \"layer\": 0, \"experts\": [3, 2]",
            "4: malformed: no token, or no whole number",
            NO_ROW),
        json(
            "a token of 2^64",
            "\"token\": 18446744073709551616, \"layer\": 0, \"experts\": [3, 2]",
            "4: malformed: no token, or no whole number",
            NO_ROW),
        json(
            "a layer of 0.5",
            "\"token\": 0, \"layer\": 0.5, \"experts\": [3, 2]",
            "4: malformed: no layer, or no whole number",
            NO_ROW),
        json(
            "a layer of 2^32",
            "\"token\": 0, \"layer\": 4294967296, \"experts\": [3, 2]",
            "4: shape: layer 4294967296, model tiny has layers 0 to 1",
            NO_ROW),
        json(
            "experts as texts",
            "\"token\": 0, \"layer\": 0, \"experts\": [\"3\", \"2\"]",
            "4: malformed: no experts, or no list of numbers",
            NO_ROW),
        json(
            "experts as an object",
            "\"token\": 0, \"layer\": 0, \"experts\": {\"3\": 0.7}",
            "4: malformed: no experts, or no list of numbers",
            NO_ROW),
        json(
            "weights as texts",
            "\"token\": 0, \"layer\": 0, \"experts\": [3, 2], \"weights\": [\"1\", 0]",
            "4: malformed: no weights, or no list of numbers",
            NO_ROW),
        json(
            "a phase that is a list",
            "\"token\": 0, \"layer\": 0, \"experts\": [3, 2], \"phase\": [0]",
            "4: malformed: phase is ''",
            NO_ROW),
        json(
            "a weight beyond a double",
            "\"token\": 0, \"layer\": 0, \"experts\": [3, 2], \"weights\": [1e999, 0]}\n{\"request\": \"b\", \"token\": 0, \"layer\": 1, \"experts\": [1, 0], \"weights\": [1, 0]",
            "4: b decode@0 [3 2|1 0]",
            "4 empty: no token to keep",
            "4@0 layer 0 bad-weight: experts [3, 2]"),
        json(
            "a negative expert",
            "\"token\": 0, \"layer\": 0, \"experts\": [3, -2]}\n{\"request\": \"b\", \"token\": 0, \"layer\": 1, \"experts\": [1, 0]",
            "4: b decode@0 [3 -2|1 0]",
            "4 empty: no token to keep",
            "4@0 layer 0 id-out-of-range: experts [3, -2]"));
  }

  /** What is no JSON names no request either, so that request a goes on behind it. */
  static List<Fault> ofLines() {
    return List.of(
        line(
            "a field twice",
            "{\"request\": \"b\", \"token\": 0, \"token\": 1, \"layer\": 0, \"experts\": [3, 2]}",
            "2: malformed: Duplicate field 'token'"),
        line(
            "depth bomb",
            "{\"request\": \"b\", \"experts\": " + "[".repeat(100_000),
            "2: malformed: Document nesting depth (65) exceeds the maximum allowed (64…"),
        line(
            "a request null",
            "{\"request\": null}",
            "2: malformed: no request, or no text or number"),
        line("a row without names", "[\"b\", 0, 0, [3, 2]]", "2: malformed: not a JSON object"));
  }

  /** Between the two rows of a token. */
  private static Fault line(String name, String broken, String expected) {
    var rows = sound("a");
    int second = rows.indexOf('\n') + 1;
    var content = rows.substring(0, second) + broken + "\n" + rows.substring(second);
    return Fault.file(
            TraceFormat.JSON_ROWS, name, Fault.utf8(content), expected, "1: a decode@0 [3 2|1 0]")
        .in(DECODE);
  }

  private static Fault json(String name, String fields, String... expected) {
    return between(
        TraceFormat.JSON_ROWS,
        name,
        "\n" + sound("a"),
        "{\"request\": \"b\", " + fields + "}",
        sound("c"),
        expected);
  }

  private static String sound(String request) {
    return """
        {"request": "%s", "token": 0, "layer": 0, "experts": [3, 2]}
        {"request": "%s", "token": 0, "layer": 1, "experts": [1, 0]}
        """
        .formatted(request, request);
  }

  /** Rows from line 4 on, behind request a, which begins on line 2, and before request c. */
  private static Fault between(
      TraceFormat format,
      String name,
      String before,
      String rows,
      String after,
      String... expected) {
    var all = new ArrayList<String>();
    all.add("2: a decode@0 [3 2|1 0]");
    List.of(expected).stream().filter(text -> text.startsWith("4:")).forEach(all::add);
    all.add((4 + rows.lines().count()) + ": c decode@0 [3 2|1 0]");
    // What the cutter finds comes behind the records.
    List.of(expected).stream().filter(text -> !text.startsWith("4:")).forEach(all::add);
    var content = Fault.utf8(before + rows + "\n" + after);
    return Fault.file(format, name, content, all.toArray(String[]::new)).in(DECODE);
  }
}
