package coterie.ingest.read;

import static coterie.ingest.read.NpyText.ints;
import static coterie.ingest.read.NpyText.longs;
import static coterie.ingest.read.NpyText.npy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * {@code .npz} files of three requests with one array at fault. Where it is at fault as a whole
 * there is nothing to keep; where a request or a token is, its neighbours are kept.
 */
final class NpzArrayFaults {

  /** Two requests of one token each and a third of two. */
  private static final byte[] REQUESTS = npy("<i4", "(4,)", ints(1, 2, 3, 3));

  private static final byte[] POSITIONS = npy("<i4", "(4,)", ints(0, 0, 0, 1));
  private static final byte[] DECODE = npy("|u1", "(4,)", (byte) 1, (byte) 1, (byte) 1, (byte) 1);
  private static final byte[] IDS = Base64.getDecoder().decode(NumpyBytes.U1);
  private static final String FIRST = "1: 1 decode@0 [3 2|1 0]";
  private static final String LAST = "3: 3 decode@0 [3 1|0 2][1 2|3 0]";

  private NpzArrayFaults() {}

  static List<Fault> ofArrays() {
    return List.of(
        with(
            "phase",
            npy("|u1", "(3,)", new byte[3]),
            "1: malformed: array phase has shape [3], expected one integer for each of 4 tokens"),
        with(
            "phase",
            npy("<f4", "(4,)", new byte[16]),
            "1: malformed: array phase has shape [4], expected one integer for each of 4 tokens"),
        with(
            "phase",
            npy("|u1", "(4, 1)", new byte[4]),
            "1: malformed: array phase has shape [4, 1], expected one integer for each of 4 tokens"),
        with(
            "request",
            npy("<U1", "(4,)", new byte[16]),
            "1: malformed: array request: npy of dtype '<U1'"),
        with(
            "position",
            npy(">i4", "(4,)", new byte[16]),
            "1: malformed: array position: npy of dtype '>i4'"),
        with(
            "weights",
            npy("<f4", "(4, 2)", new byte[32]),
            "1: malformed: weights of shape [4, 2] and dtype <f4, expected [4, 2, 2] of floats"),
        with(
            "weights",
            npy("|u1", "(4, 2, 2)", new byte[16]),
            "1: malformed: weights of shape [4, 2, 2] and dtype |u1, expected [4, 2, 2] of floats"),
        with(
            "layer_ids",
            npy("<i8", "(2,)", longs(0, 2)),
            "1: shape: 2 layers x top-2 of ? experts, model tiny has 2 MoE layers x top-2 of 4"),
        with(
            "layer_ids",
            npy("<i8", "(2,)", longs(0, 4_294_967_297L)),
            "1: malformed: array layer_ids holds 4294967297"),
        with(
            "layer_ids",
            npy("<f8", "(2,)", longs(0, 0)),
            "1: malformed: array layer_ids has shape [2] and dtype <f8, expected integers in one dimension"),
        with(
            "num_experts",
            npy("<i8", "()", longs(8)),
            "1: shape: 2 layers x top-2 of 8 experts, model tiny has 2 MoE layers x top-2 of 4"),
        with(
            "num_experts",
            npy("<i8", "()", longs(4_294_967_300L)),
            "1: malformed: array num_experts holds 4294967300"),
        with(
            "num_experts",
            npy("<i8", "(2,)", longs(4, 4)),
            "1: malformed: array num_experts is no single number"),
        with(
            "top_k",
            npy("<i8", "()", longs(3)),
            "1: shape: ids of top-2, but the file states top-3"),
        with("tokens", npy("<U9", "(1,)", new byte[36]), FIRST, "2: 2 decode@0 [0 1|2 3]", LAST));
  }

  /** The second request is at fault. */
  static List<Fault> ofRequests() {
    return List.of(
        with(
            "phase",
            npy("|i1", "(4,)", (byte) 1, (byte) 2, (byte) 1, (byte) 1),
            FIRST,
            "2: phase-unknown: phase is 2, must be 0 or 1",
            LAST),
        with(
            "phase",
            npy("|i1", "(4,)", (byte) 1, (byte) -1, (byte) 1, (byte) 1),
            FIRST,
            "2: phase-unknown: phase is -1, must be 0 or 1",
            LAST),
        with(
            "position",
            npy("<i4", "(4,)", ints(0, -5, 0, 1)),
            FIRST,
            "2: shape: position -5",
            LAST),
        with(
            "position",
            npy("<i8", "(4,)", longs(0, 1L << 32, 0, 1)),
            FIRST,
            "2: shape: position 4294967296",
            LAST),
        token("an id too large", 7, 4, "[0 1|2 4]", "layer 1 id-out-of-range: experts [2, 4]"),
        token("an expert twice", 5, 0, "[0 0|2 3]", "layer 0 repeated-expert: experts [0, 0]"),
        weight("NaN", 0x7E00),
        weight("infinite", 0x7C00),
        weight("minus infinite", 0xFC00));
  }

  private static Fault weight(String name, int half) {
    var weights = new byte[32];
    weights[2 * 6] = (byte) half;
    weights[2 * 6 + 1] = (byte) (half >>> 8);
    return with(
            "weights",
            npy("<f2", "(4, 2, 2)", weights),
            FIRST,
            "2: 2 decode@0 [0 1|2 3]",
            LAST,
            "2 empty: no token to keep",
            "2@0 layer 1 bad-weight: experts [2, 3]")
        .named("a weight " + name);
  }

  private static Fault token(String name, int at, int id, String ids, String issue) {
    var bytes = IDS.clone();
    bytes[bytes.length - 16 + at] = (byte) id;
    return NpzFaults.zip(
        name,
        List.of("ids", bytes, "request", REQUESTS, "position", POSITIONS, "phase", DECODE),
        FIRST,
        "2: 2 decode@0 " + ids,
        LAST,
        "2 empty: no token to keep",
        "2@0 " + issue);
  }

  private static Fault with(String array, byte[] npy, String... expected) {
    var arrays = new LinkedHashMap<String, byte[]>();
    arrays.put("ids", IDS);
    arrays.put("request", REQUESTS);
    arrays.put("position", POSITIONS);
    arrays.put("phase", DECODE);
    arrays.put(array, npy);
    var parts = new ArrayList<Object>();
    arrays.forEach((name, bytes) -> parts.addAll(List.of(name, bytes)));
    return NpzFaults.zip("array " + array, parts, expected);
  }
}
