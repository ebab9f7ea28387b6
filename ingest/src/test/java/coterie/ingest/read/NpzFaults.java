package coterie.ingest.read;

import static coterie.ingest.read.NpyText.npy;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code .npz} files that are at fault as a whole: the container, or the ids. */
final class NpzFaults {

  private static final byte[] NUMPY = Base64.getDecoder().decode(NumpyBytes.NPZ_IDS_ONLY);
  private static final byte[] IDS = Base64.getDecoder().decode(NumpyBytes.U1);
  private static final byte[] PHASE = npy("|u1", "(4,)", new byte[4]);

  private NpzFaults() {}

  static List<Fault> ofFiles() {
    return List.of(
        file("empty", new byte[0], "1: unreadable: zip file is empty"),
        file("no ZIP", new byte[100], "1: unreadable: zip END header not found"),
        file(
            "cut in an entry",
            Arrays.copyOf(NUMPY, 100),
            "1: unreadable: zip END header not found"),
        file(
            "cut behind the arrays",
            Arrays.copyOf(NUMPY, 210),
            "1: unreadable: zip END header not found"),
        file(
            "a bit of the ids flipped",
            flipped(NUMPY, 190),
            "1: malformed: array ids: its checksum is wrong"),
        zip(
            "no ids",
            List.of("phase", PHASE),
            "1: malformed: no array 'ids' [tokens, layers, k]; arrays: [phase]"),
        zip(
            "no arrays at all",
            List.of(),
            "1: malformed: no array 'ids' [tokens, layers, k]; arrays: []"),
        zip("no phase", List.of("ids", IDS), "1: phase-unknown: no array 'phase' [tokens]"),
        zip("ids empty", List.of("ids", new byte[0]), "1: malformed: array ids: no npy array"),
        zip(
            "ids of floats",
            List.of("ids", npy("<f4", "(1, 2, 2)", new byte[16])),
            "1: malformed: experts of shape [1, 2, 2] and dtype <f4, expected [tokens, layers, k] of integers"),
        zip(
            "ids of objects",
            List.of("ids", npy("|O", "(1, 2, 2)", new byte[32])),
            "1: malformed: array ids: npy of dtype '|O'"),
        zip(
            "ids in two dimensions",
            List.of("ids", npy("|u1", "(2, 2)", new byte[4])),
            "1: malformed: experts of shape [2, 2] and dtype |u1, expected [tokens, layers, k] of integers"),
        zip(
            "a shape too large",
            List.of("ids", npy("|u1", "(9, 2, 2)", new byte[4])),
            "1: malformed: array ids: npy of shape [9, 2, 2] and dtype |u1 has 4 bytes of data, not 36"),
        zip(
            "a huge shape",
            List.of("ids", npy("<i8", "(999999999, 99, 8)")),
            "1: malformed: array ids: npy shape [999999999, 99, 8] is too large"),
        zip("no tokens", List.of("ids", npy("|u1", "(0, 2, 2)"))),
        zip(
            "three layers",
            List.of("ids", npy("|u1", "(1, 3, 2)", new byte[6])),
            "1: shape: 3 layers x top-2 of ? experts, model tiny has 2 MoE layers x top-2 of 4"),
        zip(
            "top-3",
            List.of("ids", npy("|u1", "(1, 2, 3)", new byte[6])),
            "1: shape: 2 layers x top-3 of ? experts, model tiny has 2 MoE layers x top-2 of 4"));
  }

  private static Fault file(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.NPZ, name, content, expected);
  }

  static Fault zip(String name, List<Object> namesAndArrays, String... expected) {
    return file(name, zipOf(namesAndArrays), expected);
  }

  private static byte[] zipOf(List<Object> namesAndArrays) {
    var entries = new LinkedHashMap<String, byte[]>();
    for (int i = 0; i < namesAndArrays.size(); i += 2) {
      entries.put(namesAndArrays.get(i) + ".npy", (byte[]) namesAndArrays.get(i + 1));
    }
    return ZipText.zip(entries);
  }

  private static byte[] flipped(byte[] file, int at) {
    var changed = file.clone();
    changed[at] ^= 1;
    return changed;
  }
}
