package coterie.ingest.read;

import static coterie.ingest.read.NpyText.longs;
import static coterie.ingest.read.NpyText.npy;

import coterie.ingest.table.RoutingTable;
import java.util.ArrayList;
import java.util.List;

/** Broken counts in NumPy arrays and JSON, between sound ones where a file holds several. */
final class CountFaults {

  private static final ReadContext DECODE = new ReadContext(Models.TINY, RoutingTable.DECODE);
  private static final String PASS = "[[1, 2, 3, 4], [4, 3, 2, 1]]";
  private static final String FIRST = "1: mixed step null rank null [1, 2, 3, 4, 4, 3, 2, 1]";
  private static final String THIRD = "3: mixed step null rank null [1, 2, 3, 4, 4, 3, 2, 1]";

  private CountFaults() {}

  static List<Fault> ofNpy() {
    return List.of(
        array("empty", new byte[0], "1: malformed: no npy array"),
        array("no tokens", npy("|i1", "(0, 2, 2)"), "1: - decode@0 ", "1 empty: no token to keep"),
        array(
            "tokens at fault between sound ones",
            npy(
                "|i1",
                "(4, 2, 2)",
                (byte) 3,
                (byte) 2,
                (byte) 1,
                (byte) 0,
                (byte) -1,
                (byte) 2,
                (byte) 1,
                (byte) 0,
                (byte) 3,
                (byte) 2,
                (byte) 1,
                (byte) 1,
                (byte) 3,
                (byte) 2,
                (byte) 1,
                (byte) 0),
            "1: - decode@0 [3 2|1 0][-1 2|1 0][3 2|1 1][3 2|1 0]",
            "1@1 layer 0 id-out-of-range: experts [-1, 2]",
            "1@2 layer 1 repeated-expert: experts [1, 1]"),
        array(
            "a shape too large",
            npy("<i8", "(3, 4)", longs(1, 2, 3, 4, 4, 3, 2, 1)),
            "1: malformed: npy of shape [3, 4] and dtype <i8 has 64 bytes of data, not 96"),
        array(
            "a count beyond the bound",
            npy("<i8", "(2, 4)", longs(1, 2, 3, (1L << 40) + 1, 4, 3, 2, 1)),
            "1: shape: count 1099511627777 of expert 3 in layer 0"),
        array(
            "five experts",
            npy("|u1", "(2, 5)", new byte[10]),
            "1: shape: array of shape [2, 5] and dtype |u1 is neither [tokens, layers, 2] of integers nor counts [layers, 4] of model tiny"),
        array(
            "counts of 0 alone",
            npy("|u1", "(2, 4)", new byte[8]),
            "1: decode step null rank null [0, 0, 0, 0, 0, 0, 0, 0]",
            "1 empty: all counts are 0"),
        array(
            "no shape at all",
            npy("<i8", "()", longs(7)),
            "1: shape: array of shape [] and dtype <i8 is neither [tokens, layers, 2] of integers nor counts [layers, 4] of model tiny"));
  }

  private static Fault array(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.NPY, name, content, expected).in(DECODE);
  }

  static List<Fault> ofSglang() {
    return List.of(
        json("empty", "", "1: malformed: the file is no JSON object"),
        between(
            "a count null",
            "[[1, 2, 3, null], [4, 3, 2, 1]]",
            "malformed: array of counts: null in place of a count"),
        between(
            "a count true",
            "[[1, 2, 3, true], [4, 3, 2, 1]]",
            "malformed: array of counts: true in place of a count"),
        between(
            "a count of 2^40 + 1",
            "[[1, 2, 3, 4], [1099511627777, 3, 2, 1]]",
            "shape: count 1099511627777 of expert 0 in layer 1"),
        between(
            "another model's pass",
            "[[1, 2, 3], [4, 3, 2]]",
            "shape: counts of 2 layers x 3 experts, model tiny has 2 MoE layers of 2 x 4"),
        json(
            "NaN behind a sound pass",
            counts(PASS + ", [[NaN, 2, 3, 4], [4, 3, 2, 1]], " + PASS),
            FIRST,
            "2: malformed: Non-standard token 'NaN'…"),
        json(
            "a number of 2000 digits behind a sound pass",
            counts(PASS + ", [[" + "1".repeat(2000) + "]]"),
            FIRST,
            "2: malformed: Number value length (2000) exceeds the maximum allowed (1000…"));
  }

  private static Fault between(String name, String pass, String expected) {
    return json(name, counts(PASS + ", " + pass + ", " + PASS), FIRST, "2: " + expected, THIRD);
  }

  private static String counts(String passes) {
    return "{\"logical_count\": [" + passes + "]}";
  }

  private static Fault json(String name, String content, String... expected) {
    return Fault.file(TraceFormat.SGLANG_COUNTS, name, Fault.utf8(content), expected);
  }

  /** The middle column is put in place of what it stands for in a sound line. */
  static List<Fault> ofVllm() {
    return List.of(
        load("cut", "}", "", "malformed: Unexpected end-of-input…"),
        load(
            "another type", "eplb_load_stats", "eplb_move", "malformed: record_type \"eplb_move\""),
        load("a step as text", "\"step\": 1", "\"step\": \"1\"", "malformed: no step"),
        load(
            "a step of 2^63", "\"step\": 1", "\"step\": 9223372036854775808", "malformed: no step"),
        load("no load", "expert_load", "load", "malformed: expert_load of 0 layers, p2l_map of 2"),
        load("a load as text", "[4,", "[\"4\",", "malformed: load of slot 0 in layer 0 is \"4\""),
        load("a load of NaN", "[4,", "[NaN,", "malformed: Non-standard token 'NaN'…"),
        load(
            "a load of 1e300",
            "[4,",
            "[1e300,",
            "malformed: load of slot 0 in layer 0 is 1.0E300, which is no count"),
        load(
            "an expert as text",
            "\"p2l_map\": [[0,",
            "\"p2l_map\": [[\"0\",",
            "shape: slot 0 of layer 0 holds expert \"0\", model tiny has 4"),
        load(
            "a layer null",
            "[2, 3, 3, 4]",
            "null",
            "malformed: layer 1 has loads of 0 slots, p2l_map of 4"),
        load(
            "loads of 0",
            "[[4, 1, 4, 3], [2, 3, 3, 4]]",
            "[[0, 0, 0, 0], [0, 0, 0, 0]]",
            "mixed step 1 rank null [0, 0, 0, 0, 0, 0, 0, 0]",
            "3 empty: all counts are 0"),
        Fault.file(TraceFormat.VLLM_LOAD, "empty", new byte[0]));
  }

  private static Fault load(String name, String from, String to, String third, String... issues) {
    var sound = VllmLoadReaderTest.STATS;
    int at = from.equals("}") ? sound.lastIndexOf(from) : sound.indexOf(from);
    var broken = sound.substring(0, at) + to + sound.substring(at + from.length());
    var kept = ": mixed step 1 rank null [4, 1, 4, 3, 2, 3, 3, 4]";
    var expected = new ArrayList<>(List.of("2" + kept, "3: " + third, "4" + kept));
    expected.addAll(List.of(issues));
    return Fault.file(
        TraceFormat.VLLM_LOAD,
        name,
        Fault.utf8(String.join("\n", VllmLoadReaderTest.META, sound, broken, sound)),
        expected.toArray(String[]::new));
  }
}
