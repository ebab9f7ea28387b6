package coterie.ingest.read;

import coterie.ingest.container.GgufBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Broken files of named tensors: llama.cpp's importance matrix, TensorRT-LLM's statistics. */
final class TensorFaults {

  private static final ReadContext DENSE = new ReadContext(Models.WITH_DENSE_LAYERS, null);
  private static final ReadContext RANKS = new ReadContext(TrtllmReaderTest.MODEL, null);

  private static final byte[] GGUF = Base64.getDecoder().decode(GgufBytes.SMALL);
  private static final int TENSORS_AT = 8;
  private static final int ENTRIES_AT = 16;
  private static final int LAYER_1_AT = 384;

  /** Behind the first tensor's name: dimensions, two extents, type. */
  private static final int TYPE_AT = latin(GGUF).indexOf("weight.counts") + 13 + 4 + 16;

  private static final String LAYER_1 = "blk.1.ffn_gate_exps.weight.counts";

  private TensorFaults() {}

  static List<Fault> ofImatrix() {
    return List.of(
        gguf("empty", new byte[0], "1: unreadable: the file ends in its GGUF header"),
        gguf(
            "2^40 entries of metadata",
            withLong(ENTRIES_AT, 1L << 40),
            "1: malformed: GGUF of 1099511627776 entries of metadata, at most 65536 are read"),
        gguf(
            "no entries of metadata",
            withLong(ENTRIES_AT, 0),
            "1: malformed: tensor '%s' has 8 dimensions".formatted("general.type")),
        gguf(
            "2^63 tensors",
            withLong(TENSORS_AT, Long.MIN_VALUE),
            "1: malformed: GGUF of 9223372036854775808 tensors, at most 262144 are read"),
        gguf(
            "half floats",
            withInt(TYPE_AT, 1),
            "1: malformed: tensor '%s' is of type 1, not F32".formatted(LAYER_1)),
        gguf(
            "a count of 2^41",
            withInt(LAYER_1_AT, Float.floatToIntBits(0x1p41f)),
            "1: shape: count 2199023255552 of expert 0 in layer 1"),
        gguf(
            "a count of 2^100",
            withInt(LAYER_1_AT, Float.floatToIntBits(0x1p100f)),
            "1: malformed: expert 0 in %s is 1.2676506002282294E30, which is no count"
                .formatted(LAYER_1)),
        gguf(
                "another model",
                GGUF,
                "1: shape: blk.3.ffn_gate_exps.weight.counts, but layer 3 is no MoE layer of model tiny")
            .in(new ReadContext(Models.TINY, null)));
  }

  private static Fault gguf(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.IMATRIX, name, content, expected).in(DENSE);
  }

  private static byte[] withLong(int at, long value) {
    var bytes = GGUF.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
    return bytes;
  }

  private static byte[] withInt(int at, int value) {
    var bytes = GGUF.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return bytes;
  }

  static List<Fault> ofTrtllm() {
    var kept = "2: mixed step 101 rank null [4, 1, 4, 3, 2, 3, 3, 4]";
    return List.of(
        rank(
            "empty",
            new byte[0],
            "1: unreadable: 0 bytes, too few for the header of a safetensors file"),
        rank(
            "offsets that overlap",
            replaced("[32, 64]", "[16, 64]"),
            "1: malformed: tensor '100_2' begins at 16, the one before it ends at 32"),
        rank(
            "offsets that leave a hole",
            replaced("[32, 64]", "[40, 64]"),
            "1: malformed: tensor '100_2' begins at 40, the one before it ends at 32"),
        rank(
            "a tensor twice",
            replaced("100_2", "100_1"),
            "1: malformed: safetensors header: Duplicate field '100_1'…"),
        rank(
            "floats before a sound iteration",
            replaced("I64", "F64"),
            "1: malformed: tensor '100_1' is of dtype F64, not integers",
            kept),
        rank(
            "a type that does not fit its bytes before a sound iteration",
            replaced("I64", "I32"),
            "1: malformed: tensor '100_1' of shape [4] and dtype I32 has 32 bytes",
            kept),
        rank(
            "a layer that the model lacks",
            replaced("100_2", "100_7"),
            "1: shape: iteration 100 lacks layer 2 of model tiny",
            kept));
  }

  private static Fault rank(String name, byte[] content, String... expected) {
    return Fault.file(TraceFormat.TENSORRT_LLM, name, content, expected).in(RANKS);
  }

  /** With another text of the same length in place of the first of its kind. */
  private static byte[] replaced(String from, String to) {
    var text = latin(TrtllmReaderTest.RANK);
    int at = text.indexOf(from);
    return (text.substring(0, at) + to + text.substring(at + from.length()))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
