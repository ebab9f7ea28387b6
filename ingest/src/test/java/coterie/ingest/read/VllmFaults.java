package coterie.ingest.read;

import static coterie.ingest.read.NumpyBytes.U1;

import java.util.List;

/** Broken vLLM responses, each a line between two sound ones. */
final class VllmFaults {

  private static final String USAGE = "{\"prompt_tokens\": 7, \"completion_tokens\": 5}";

  private VllmFaults() {}

  static List<Fault> ofJson() {
    return lines(
        """
        cut in a name | {"id": "x", "cho | malformed: Unexpected end-of-input in field name…
        cut in a text | {"id": "x | malformed: Unexpected end-of-input in VALUE_STRING…
        cut before the last brace | {"choices": [{}] | malformed: Unexpected end-of-input: expected close marker for Object…
        a list | [1] | malformed: not a JSON object
        a number | 42 | malformed: not a JSON object
        null | null | malformed: not a JSON object
        two objects | {"choices": []} {} | malformed: Trailing token…
        depth bomb | @DEEP@ | malformed: Document nesting depth (65) exceeds the maximum allowed (64…
        depth bomb in a field | {"a": @DEEP@ | malformed: Document nesting depth (65) exceeds the maximum allowed (64…
        one field twice | {"choices": [], "choices": []} | malformed: Duplicate field 'choices'
        ids twice | {"choices": [{"routed_experts": "", "routed_experts": "@U1@"}]} | malformed: Duplicate field 'routed_experts'
        NaN | {"choices": NaN} | malformed: Non-standard token 'NaN'…
        2000 digits | {"created": @LONG@} | malformed: Number value length (2000) exceeds the maximum allowed (1000…
        a tab in a text | {"id": "a\tb"} | malformed: Illegal unquoted character ((CTRL-CHAR, code 9))…
        a zero byte | {"id": \0} | malformed: Illegal character ((CTRL-CHAR, code 0))…
        """);
  }

  static List<Fault> ofFields() {
    return lines(
        """
        no choices | {"id": "x"} | malformed: no choices
        choices null | {"choices": null} | malformed: no choices
        choices empty | {"choices": []} | malformed: no choices
        choices an object | {"choices": {"0": {}}} | malformed: no choices
        choices a text | {"choices": "x"} | malformed: no choices
        a choice null | {"choices": [null]} | no-routing: choices[0] has no routed_experts
        ids null | {"choices": [{"routed_experts": null}]} | no-routing: choices[0] has no routed_experts
        second choice without | {"choices": [{"routed_experts": "@U1@"}, {}]} | no-routing: choices[1] has no routed_experts
        ids a number | {"choices": [{"routed_experts": 7}]} | malformed: routed_experts is not a string
        ids a list | {"choices": [{"routed_experts": [[[0]]]}]} | malformed: routed_experts is not a string
        base64 with newlines | {"choices": [{"routed_experts": "k05V\\nTVBZ"}]} | malformed: routed_experts is not base64: Illegal base64 character a
        base64, URL-safe | {"choices": [{"routed_experts": "k05_"}]} | malformed: routed_experts is not base64: Illegal base64 character 5f
        base64 of one character | {"choices": [{"routed_experts": "k"}]} | malformed: routed_experts is not base64: …
        base64 outside of ASCII | {"choices": [{"routed_experts": "€05V"}]} | malformed: routed_experts is not base64: Illegal base64 character 3f
        base64 empty | {"choices": [{"routed_experts": ""}]} | malformed: no npy array
        created too late | {"created": 253402300800, "choices": [{"routed_experts": "@U1@"}]} | malformed: created is 253402300800, no time in seconds since 1970
        created beyond a long | {"created": 9223372036854775808, "choices": [{"routed_experts": "@U1@"}]} | malformed: created is 9223372036854775808, no time in seconds since 1970
        created before 1970 | {"created": -1, "choices": [{"routed_experts": "@U1@"}]} | malformed: created is -1, no time in seconds since 1970
        """);
  }

  /** The middle column is {@code usage}; the array has four rows. */
  static List<Fault> ofCounts() {
    return FaultTable.of(
        TraceFormat.VLLM,
        sound(),
        usage -> response(U1).replace(USAGE, usage),
        """
        a count as text | {"prompt_tokens": "7", "completion_tokens": 5} | malformed: prompt_tokens is "7", must be a whole number from 0 to 2147483647
        a fraction | {"prompt_tokens": 7.9, "completion_tokens": 5} | malformed: prompt_tokens is 7.9, must be a whole number from 0 to 2147483647
        true | {"prompt_tokens": 7, "completion_tokens": true} | malformed: completion_tokens is true, must be a whole number from 0 to 2147483647
        a list | {"prompt_tokens": [7], "completion_tokens": 5} | malformed: prompt_tokens is ARRAY, must be a whole number from 0 to 2147483647
        a negative prompt | {"prompt_tokens": -7, "completion_tokens": 5} | malformed: prompt_tokens is -7, must be a whole number from 0 to 2147483647
        a negative completion | {"prompt_tokens": 7, "completion_tokens": -5} | malformed: completion_tokens is -5, must be a whole number from 0 to 2147483647
        2^32 + 7, an int's 7 | {"prompt_tokens": 4294967303, "completion_tokens": 5} | malformed: prompt_tokens is 4294967303, must be a whole number from 0 to 2147483647
        positions beyond an int | {"prompt_tokens": 2147483647, "completion_tokens": 5} | shape: 4 rows behind prompt_tokens 2147483647 pass position 2147483647
        a huge completion | {"prompt_tokens": 7, "completion_tokens": 2147483647} | shape: 4 rows do not fit prompt_tokens 7 and completion_tokens
        no completion | {"prompt_tokens": 7, "completion_tokens": 0} | shape: 4 rows do not fit prompt_tokens 7 and completion_tokens
        more rows than tokens | {"prompt_tokens": 1, "completion_tokens": 2} | shape: 4 rows do not fit prompt_tokens 1 and completion_tokens
        usage null | null | phase-unknown: no prompt_tokens and completion_tokens
        usage a text | "7 and 5" | phase-unknown: no prompt_tokens and completion_tokens
        one count missing | {"prompt_tokens": 7} | phase-unknown: no prompt_tokens and completion_tokens
        """);
  }

  static List<Fault> others() {
    var choices = "{\"choices\": [{\"routed_experts\": \"%s\"}, {\"routed_experts\": \"%s\"}], ";
    var misfit = "2: shape: 8 rows of 2 choices do not fit completion_tokens 5";
    var noUtf8 = new byte[] {'{', '"', 'i', '"', ':', '"', (byte) 0xC3, '(', '"', '}'};
    return List.of(
        Fault.between(
            TraceFormat.VLLM,
            "choices whose rows do not add up",
            Fault.utf8(choices.formatted(U1, U1) + "\"usage\": " + USAGE + "}"),
            sound(),
            misfit,
            misfit),
        Fault.between(
            TraceFormat.VLLM,
            "no UTF-8",
            noUtf8,
            sound(),
            "2: malformed: Invalid UTF-8 middle byte 0x28"));
  }

  private static List<Fault> lines(String table) {
    return FaultTable.of(
        TraceFormat.VLLM,
        sound(),
        line ->
            line.replace("@U1@", U1)
                .replace("@DEEP@", "[".repeat(100_000))
                .replace("@LONG@", "1".repeat(2000)),
        table);
  }

  /** A response with an array, four decode tokens from position 7 on if it is sound. */
  static String response(String base64) {
    return "{\"id\": \"cmpl-ok\", \"choices\": [{\"routed_experts\": \"%s\"}], \"usage\": %s}"
        .formatted(base64, USAGE);
  }

  static String sound() {
    return response(U1);
  }
}
