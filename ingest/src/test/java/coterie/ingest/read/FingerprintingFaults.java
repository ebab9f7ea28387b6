package coterie.ingest.read;

import java.util.List;

/** Broken files of expert fingerprinting: token 2 is sound, token 3 is not. */
final class FingerprintingFaults {

  private static final String SOUND = FingerprintingReaderTest.WHOLE;
  private static final String KEPT = "1: d/maths/12 decode@2 [3 2|1 0]";

  private FingerprintingFaults() {}

  static List<Fault> all() {
    return List.of(
        Fault.file(TraceFormat.EXPERT_FINGERPRINTING, "empty", new byte[0]),
        third(
            "an expert twice",
            "[0, 1]",
            "[1, 1]",
            KEPT + "[1 1|2 3]",
            "1@3 layer 0 repeated-expert: experts [1, 1]"),
        third(
            "an expert of -1",
            "[0, 1]",
            "[0, -1]",
            KEPT + "[0 -1|2 3]",
            "1@3 layer 0 id-out-of-range: experts [0, -1]"),
        third(
            "an expert of 1e30",
            "[0, 1]",
            "[0, 1e30]",
            KEPT + "[0 -1|2 3]",
            "1@3 layer 0 id-out-of-range: experts [0, -1]"),
        third(
            "a probability beyond a double",
            "[0.9, 0.1]",
            "[1e999, 0.1]",
            KEPT + "[0 1|2 3]",
            "1@3 layer 0 bad-weight: experts [0, 1]"),
        third(
            "one probability",
            "[0.9, 0.1]",
            "[0.9]",
            "1: malformed: token_3 layer_0: 1 weights for 2 experts",
            KEPT + "[-1 -1|2 3]",
            "1@3 layer 0 missing-layer: no sound row"),
        third(
            "an expert as text",
            "[0, 1]",
            "[\"0\", 1]",
            "1: malformed: token_3 layer_0: selected_experts is no list of at most 65536 numbers",
            KEPT + "[-1 -1|2 3]",
            "1@3 layer 0 missing-layer: no sound row"),
        third(
            "a token of 2^31",
            "token_3",
            "token_2147483648",
            "1: malformed: token_2147483648 layer_0: token 2147483648",
            "1: malformed: token_2147483648 layer_1: token 2147483648",
            KEPT),
        third(
            "a token of -1",
            "token_3",
            "token_-1",
            "1: malformed: token_-1 layer_0: token -1",
            "1: malformed: token_-1 layer_1: token -1",
            KEPT),
        third(
            "a probability of NaN",
            "[0.9, 0.1]",
            "[NaN, 0.1]",
            KEPT,
            "1: unreadable: Non-standard token 'NaN'…"),
        third(
            "router_data an object",
            "\"router_data\": [",
            "\"router_data\": {\"a\": [",
            "1: unreadable: Unexpected end-of-input…"));
  }

  private static Fault third(String name, String from, String to, String... expected) {
    return Fault.file(
        TraceFormat.EXPERT_FINGERPRINTING, name, Fault.utf8(SOUND.replace(from, to)), expected);
  }
}
