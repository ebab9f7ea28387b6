package coterie.ingest.read;

import static coterie.ingest.read.NpyText.base64;
import static coterie.ingest.read.NpyText.ints;
import static coterie.ingest.read.NumpyBytes.RAW_I4;

import java.util.List;

/** Broken SGLang responses, each a line between two sound ones. */
final class SglangFaults {

  private static final String COUNTS = "\"prompt_tokens\": 7, \"completion_tokens\": 5";
  private static final String ONE_TOKEN = "\"prompt_tokens\": 9, \"completion_tokens\": 2";
  private static final String EMPTY = "2 empty: no token to keep";

  private SglangFaults() {}

  static List<Fault> ofFields() {
    return FaultTable.of(
        TraceFormat.SGLANG,
        sound(),
        line -> line.replace("@SOUND@", sound()),
        """
        cut in the ids | {"meta_info": {"routed_experts": "AAAA | malformed: Unexpected end-of-input in VALUE_STRING…
        a batch in one line | [@SOUND@] | malformed: not a JSON object
        no response | {"text": ""} | no-routing: no routed_experts in meta_info or sglext
        meta_info null | {"meta_info": null} | no-routing: no routed_experts in meta_info or sglext
        meta_info empty | {"meta_info": {}} | no-routing: no routed_experts in meta_info
        meta_info twice | {"meta_info": {}, "meta_info": {}} | malformed: Duplicate field 'meta_info'
        sglext a list | {"sglext": ["AAAA"]} | no-routing: no routed_experts in meta_info or sglext
        """);
  }

  /** The middle column is {@code routed_experts}. */
  static List<Fault> ofIds() {
    return FaultTable.of(
        TraceFormat.SGLANG,
        sound(),
        ids -> response(ids, COUNTS),
        """
        ids as numbers | [3, 2, 1, 0] | malformed: routed_experts is not a string
        ids as an object | {} | malformed: routed_experts is not a string
        base64 with a newline | "AAAA\\nAAAA" | malformed: routed_experts is not base64: Illegal base64 character a
        base64, URL-safe | "AAA-" | malformed: routed_experts is not base64: Illegal base64 character 2d
        half a row | "AAAAAAAAAAA=" | shape: 8 bytes are no multiple of 2 layers x top-2 x 4, the shape of model tiny
        one byte too many | "AAAAAAAAAAAAAAAAAAAAAAA=" | shape: 17 bytes are no multiple of 2 layers x top-2 x 4, the shape of model tiny
        """);
  }

  /** The middle column are the counts; the array has four rows. */
  static List<Fault> ofCounts() {
    return FaultTable.of(
        TraceFormat.SGLANG,
        sound(),
        counts -> response("\"" + RAW_I4 + "\"", counts),
        """
        a count as text | "prompt_tokens": 7, "completion_tokens": "5" | malformed: completion_tokens is "5", must be a whole number from 0 to 2147483647
        a negative count | "prompt_tokens": -1, "completion_tokens": 5 | malformed: prompt_tokens is -1, must be a whole number from 0 to 2147483647
        a count of 2^32 | "prompt_tokens": 7, "completion_tokens": 4294967296 | malformed: completion_tokens is 4294967296, must be a whole number from 0 to 2147483647
        positions beyond an int | "prompt_tokens": 2147483644, "completion_tokens": 5 | shape: 4 rows behind prompt_tokens 2147483644 pass position 2147483647
        no completion | "prompt_tokens": 7, "completion_tokens": 0 | shape: 4 rows do not fit prompt_tokens 7 and completion_tokens
        more rows than tokens | "prompt_tokens": 2, "completion_tokens": 2 | shape: 4 rows do not fit prompt_tokens 2 and completion_tokens
        a count null | "prompt_tokens": null, "completion_tokens": 5 | phase-unknown: no prompt_tokens and completion_tokens
        """);
  }

  static List<Fault> ofTokens() {
    var big = new int[] {3 << 24, 2 << 24, 1 << 24, 0};
    return List.of(
        tokens("ids of -1", "[-1 -1|-1 -1]", "0 id-out-of-range", -1, -1, -1, -1),
        tokens(
            "an id of 2^31 - 1", "[3 2|2147483647 0]", "1 id-out-of-range", 3, 2, 0x7FFF_FFFF, 0),
        tokens("big endian", "[50331648 33554432|16777216 0]", "0 id-out-of-range", big),
        tokens("an expert twice", "[2 2|1 0]", "0 repeated-expert", 2, 2, 1, 0),
        Fault.between(
            TraceFormat.SGLANG,
            "no rows",
            Fault.utf8(response("\"\"", "\"prompt_tokens\": 9, \"completion_tokens\": 1")),
            sound(),
            "2:",
            EMPTY));
  }

  /** One token, of which {@code issue} names the layer and what is wrong with it. */
  private static Fault tokens(String name, String run, String issue, int... ids) {
    int layer = issue.charAt(0) - '0';
    var called = "[%d, %d]".formatted(ids[2 * layer], ids[2 * layer + 1]);
    return Fault.between(
        TraceFormat.SGLANG,
        name,
        Fault.utf8(response("\"" + base64(ints(ids)) + "\"", ONE_TOKEN)),
        sound(),
        "2: ok decode@9 " + run,
        EMPTY,
        "2@9 layer " + issue + ": experts " + called);
  }

  private static String response(String ids, String counts) {
    return "{\"meta_info\": {\"id\": \"ok\", \"routed_experts\": %s, %s}}".formatted(ids, counts);
  }

  /** Four decode tokens from position 7 on. */
  static String sound() {
    return response("\"" + RAW_I4 + "\"", COUNTS);
  }
}
