package coterie.ingest.read;

import static coterie.ingest.read.TorchText.archive;
import static coterie.ingest.read.TorchText.dict;
import static coterie.ingest.read.TorchText.list;
import static coterie.ingest.read.TorchText.number;
import static coterie.ingest.read.TorchText.tensor;
import static coterie.ingest.read.TorchText.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Broken dumps of SGLang's recorder: what was saved, and passes between sound ones. */
final class RecorderFaults {

  private static final String COUNTS = "logical_count";
  private static final String MAP = "last_physical_to_logical_map";
  private static final long[] IDENTITY = {0, 1, 2, 3, 0, 1, 2, 3};
  private static final String SOUND = "[1, 2, 3, 4, 4, 3, 2, 1]";

  /** {@code os.system("true")}, as Python's pickle asks for it. */
  private static final String SYSTEM = "cposix\nsystem\n(" + text("true") + "tR";

  private RecorderFaults() {}

  static List<Fault> ofFiles() {
    return List.of(
        file("empty", new byte[0], "1: unreadable: zip file is empty"),
        file(
            "a ZIP file of something else",
            ZipText.zip(Map.of("readme", new byte[3])),
            "1: malformed: the ZIP file has no entry data.pkl"),
        file(
            "a pickle that runs a command",
            archive(dict("records", SYSTEM)),
            "1: malformed: the pickle asks for posix.system, which a tensor dump does not need"),
        file(
            "a command beside sound counts",
            archive(
                dict(COUNTS, tensor(0, 1, 2, 4), "x", SYSTEM), new long[] {1, 2, 3, 4, 4, 3, 2, 1}),
            "1: malformed: the pickle asks for posix.system, which a tensor dump does not need"),
        file(
            "a pickle that evaluates text",
            archive("cbuiltins\neval\n(" + text("1") + "tR"),
            "1: malformed: the pickle asks for builtins.eval, which a tensor dump does not need"),
        file(
            "counts that are no tensor",
            archive(dict(COUNTS, list(number(1)))),
            "1: malformed: logical_count is not a tensor"),
        file(
            "counts in two dimensions",
            archive(dict(COUNTS, tensor(0, 2, 4)), new long[8]),
            "1: malformed: logical_count of shape [2, 4] and type I8, expected [passes, layers,"
                + " experts] of integers"),
        file(
            "no passes",
            archive(dict(COUNTS, tensor(0, 0, 2, 4)), new long[0]),
            "1: empty: none of 0 forward passes has a token"),
        file(
            "a storage that is too short",
            archive(dict(COUNTS, tensor(0, 1, 2, 4)), new long[7]),
            "1: malformed: storage 0 has 56 bytes, not 8 x 8"),
        file(
            "another model",
            archive(dict(COUNTS, tensor(0, 1, 3, 4)), longs(12, 1)),
            "1: shape: counts of 3 layers x 4 experts, model tiny has 2 MoE layers of 2 x 4"),
        file(
            "records that are no list",
            archive(dict("records", number(1))),
            "1: malformed: records is not a list"),
        file(
            "records without a map",
            archive(dict("records", list())),
            "1: malformed: no last_physical_to_logical_map"));
  }

  static List<Fault> ofPasses() {
    return List.of(
        file(
            "counts that are none between sound ones",
            archive(
                dict(COUNTS, tensor(0, 4, 2, 4)),
                new long[] {
                  1, 2, 3, 4, 4, 3, 2, 1,
                  -1, 2, 3, 4, 4, 3, 2, 1,
                  1, 2, 3, 4, 1L << 41, 3, 2, 1,
                  1, 2, 3, 4, 4, 3, 2, 1
                }),
            "1: mixed step 0 rank null " + SOUND,
            "2: shape: count -1 of expert 0 in layer 0",
            "3: shape: count 2199023255552 of expert 0 in layer 1",
            "4: mixed step 3 rank null " + SOUND),
        // Expert 0 is in the slots 0 and 4 to 6: 2^64 tokens, which a long takes for 0.
        file(
            "slots whose counts overflow between sound ones",
            passes(
                new long[] {0, 1, 2, 3, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0},
                pass(0, tensor(1, 2, 7)),
                pass(0, tensor(2, 2, 7)),
                pass(-1, tensor(1, 2, 7)),
                pass(0, tensor(1, 2, 7))),
            "1: mixed step 5 rank 0 [4, 1, 1, 1, 4, 1, 1, 1]",
            "2: shape: count 1099511627777 of expert 0 in layer 0",
            "3: malformed: rank -1",
            "4: mixed step 5 rank 0 [4, 1, 1, 1, 4, 1, 1, 1]"),
        file(
            "ids out of range and twice between sound ones",
            tokens(number(7), number(8), number(9), number(2)),
            "1: - decode@7 [3 2|1 0] - decode@8 [-1 2|1 0] - decode@9 [3 2|1 1] - decode@2 [3 2|1 0]",
            "1@8 layer 0 id-out-of-range: experts [-1, 2]",
            "1@9 layer 1 repeated-expert: experts [1, 1]"),
        file(
            "a position of -1",
            tokens(number(7), number(-1), number(9), number(2)),
            "1: shape: position -1 of token 1"),
        file(
            "a position that is text",
            tokens(number(7), text("8"), number(9), number(2)),
            "1: malformed: position of token 1 is no integer"));
  }

  private static byte[] passes(long[] map, String... records) {
    long huge = 1L << 62;
    return archive(
        dict("records", list(records), MAP, tensor(0, 2, map.length / 2)),
        map,
        longs(map.length, 1),
        new long[] {huge, 1, 1, 1, huge, huge, huge, 1, 1, 1, 1, 1, 1, 1});
  }

  private static String pass(int rank, String counts) {
    return dict(
        "forward_pass_id", number(5), "rank", number(rank), "global_physical_count", counts);
  }

  /** Four decode tokens, at fault the second in layer 0 and the third in layer 1. */
  private static byte[] tokens(String... positions) {
    var ids = longs(2 * 4 * 8, -1);
    long[][] calls = {{3, 2}, {99, 2}, {3, 2}, {3, 2}, {1, 0}, {1, 0}, {1, 1}, {1, 0}};
    for (int row = 0; row < calls.length; row++) {
      System.arraycopy(calls[row], 0, ids, 8 * row, 2);
    }
    var pass =
        dict(
            "forward_pass_id",
            number(5),
            "rank",
            number(0),
            "forward_mode",
            number(2),
            "input_ids",
            list(number(0), number(0), number(0), number(0)),
            "positions",
            list(positions),
            "topk_ids_of_layer",
            tensor(1, 2, 4, 8));
    return archive(dict("records", list(pass), MAP, tensor(0, 2, 4)), IDENTITY, ids);
  }

  private static long[] longs(int count, long value) {
    var values = new long[count];
    Arrays.fill(values, value);
    return values;
  }

  private static Fault file(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.SGLANG_RECORDER, name, content, expected);
  }
}
