package coterie.ingest.read;

import static coterie.ingest.read.NpyText.base64;
import static coterie.ingest.read.NpyText.longs;
import static coterie.ingest.read.NpyText.npy;
import static coterie.ingest.read.NpyText.withHeader;
import static coterie.ingest.read.NpyText.withHeaderLength;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** vLLM responses with broken arrays, each between two sound ones. */
final class VllmArrayFaults {

  private static final byte[] IDS = {3, 2, 1, 0, 0, 1, 2, 3, 3, 1, 0, 2, 1, 2, 3, 0};
  private static final String EMPTY = "2 empty: no token to keep";

  private VllmArrayFaults() {}

  static List<Fault> ofArrays() {
    return List.of(
        array("no magic", npy("|u1", "(4, 2, 2)", IDS), 0, 'X', "malformed: no npy array"),
        array("version 9", npy("|u1", "(4, 2, 2)", IDS), 6, 9, "malformed: npy version 9"),
        array(
            "cut in the header",
            Arrays.copyOf(npy("|u1", "(4, 2, 2)", IDS), 30),
            "malformed: npy ends inside its header of 63 bytes"),
        array(
            "a header of 2 GB",
            withHeaderLength(0x7FFF_FFFF),
            "malformed: npy header of 2147483647 bytes"),
        array("a header of -1 bytes", withHeaderLength(-1), "malformed: npy header of -1 bytes"),
        array("no dictionary", withHeader("nothing\n", IDS), "malformed: npy header without descr"),
        array(
            "no shape",
            withHeader("{'descr': '|u1', 'fortran_order': False}\n", IDS),
            "malformed: npy header without shape"),
        array(
            "Fortran order",
            Base64.getDecoder().decode(NumpyBytes.FORTRAN),
            "malformed: npy in Fortran order"),
        array(
            "big endian",
            Base64.getDecoder().decode(NumpyBytes.BIG_ENDIAN),
            "malformed: npy of dtype '>u2'"),
        array("objects", npy("|O", "(4, 2, 2)", IDS), "malformed: npy of dtype '|O'"),
        array(
            "a dtype in two lines", npy("a\nb", "(4, 2, 2)", IDS), "malformed: npy of dtype 'a?b'"),
        array(
            "floats",
            Base64.getDecoder().decode(NumpyBytes.FLOATS),
            "malformed: experts of shape [4, 2, 2] and dtype <f8, expected [tokens, layers, k] of integers"),
        array(
            "booleans",
            npy("|b1", "(4, 2, 2)", IDS),
            "malformed: experts of shape [4, 2, 2] and dtype |b1, expected [tokens, layers, k] of integers"),
        array(
            "two dimensions",
            npy("|u1", "(8, 2)", IDS),
            "malformed: experts of shape [8, 2] and dtype |u1, expected [tokens, layers, k] of integers"),
        array(
            "no dimension",
            npy("|u1", "()", (byte) 1),
            "malformed: experts of shape [] and dtype |u1, expected [tokens, layers, k] of integers"),
        array(
            "a shape too large",
            npy("|u1", "(5, 2, 2)", IDS),
            "malformed: npy of shape [5, 2, 2] and dtype |u1 has 16 bytes of data, not 20"),
        array(
            "a shape too small",
            npy("|u1", "(3, 2, 2)", IDS),
            "malformed: npy of shape [3, 2, 2] and dtype |u1 has 16 bytes of data, not 12"),
        array(
            "a negative shape",
            npy("|u1", "(-4, 2, 2)", IDS),
            "malformed: npy header without shape"),
        array(
            "a shape without commas",
            npy("|u1", "(4 2 2)", IDS),
            "malformed: npy shape (4 2 2) is no list"),
        array(
            "a huge shape",
            npy("|u1", "(2147483647, 2147483647, 2)", IDS),
            "malformed: npy shape [2147483647, 2147483647, 2] is too large"),
        array(
            "rows without layers",
            npy("|u1", "(2147483647, 0, 2)"),
            "shape: 0 layers x top-2, model tiny has 2 x top-2"),
        array(
            "data cut",
            Arrays.copyOf(npy("|u1", "(4, 2, 2)", IDS), 75),
            "malformed: npy of shape [4, 2, 2] and dtype |u1 has 2 bytes of data, not 16"),
        array(
            "three layers",
            npy("|u1", "(2, 3, 2)", Arrays.copyOf(IDS, 12)),
            "shape: 3 layers x top-2, model tiny has 2 x top-2"),
        array(
            "top-4",
            npy("|u1", "(2, 2, 4)", IDS),
            "shape: 2 layers x top-4, model tiny has 2 x top-2"));
  }

  /** One row: the decode token 9 of a request with two completion tokens. */
  static List<Fault> ofIds() {
    return List.of(
        tokens(
            "an id too large",
            npy("|u1", "(1, 2, 2)", new byte[] {3, 2, 1, 4}),
            "decode@9 [3 2|1 4]",
            "2@9 layer 1 id-out-of-range: experts [1, 4]",
            EMPTY),
        tokens(
            "an id of 255",
            npy("|u1", "(1, 2, 2)", new byte[] {3, -1, 1, 0}),
            "decode@9 [3 255|1 0]",
            "2@9 layer 0 id-out-of-range: experts [3, 255]",
            EMPTY),
        tokens(
            "an id of -1",
            npy("|i1", "(1, 2, 2)", new byte[] {3, -1, 1, 0}),
            "decode@9 [3 -1|1 0]",
            "2@9 layer 0 id-out-of-range: experts [3, -1]",
            EMPTY),
        tokens(
            "2^32 + 2, an int's 2",
            npy("<i8", "(1, 2, 2)", longs(3, 4_294_967_298L, 1, 0)),
            "decode@9 [3 -1|1 0]",
            "2@9 layer 0 id-out-of-range: experts [3, -1]",
            EMPTY),
        tokens(
            "an expert twice",
            npy("|u1", "(1, 2, 2)", new byte[] {3, 2, 1, 1}),
            "decode@9 [3 2|1 1]",
            "2@9 layer 1 repeated-expert: experts [1, 1]",
            EMPTY),
        tokens(
            "zeros in a MoE layer",
            npy("|u1", "(1, 2, 2)", new byte[4]),
            "decode@9 [0 0|0 0]",
            "2@9 layer 0 repeated-expert: experts [0, 0]",
            EMPTY));
  }

  private static Fault tokens(String name, byte[] npy, String run, String issue, String empty) {
    var usage = "{\"prompt_tokens\": 9, \"completion_tokens\": 2}";
    var line = "{\"id\": \"x\", \"choices\": [{\"routed_experts\": \"%s\"}], \"usage\": %s}";
    return Fault.between(
        TraceFormat.VLLM,
        name,
        Fault.utf8(line.formatted(base64(npy), usage)),
        VllmFaults.sound(),
        "2: x " + run,
        empty,
        issue);
  }

  private static Fault array(String name, byte[] npy, int at, int value, String expected) {
    npy[at] = (byte) value;
    return array(name, npy, expected);
  }

  private static Fault array(String name, byte[] npy, String expected) {
    return Fault.between(
        TraceFormat.VLLM,
        name,
        Fault.utf8(VllmFaults.response(base64(npy))),
        VllmFaults.sound(),
        "2: " + expected);
  }
}
