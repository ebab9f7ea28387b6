package coterie.ingest.container;

import coterie.ingest.container.GgufFile.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything before the data of a GGUF file: {@code "GGUF"}, version (u32), number of tensors
 * (u64), number of entries (u64), the entries of the metadata and the descriptions of the tensors.
 *
 * <p>Of the metadata, strings and unsigned 32-bit numbers are kept; other values, arrays above all,
 * are passed over.
 */
final class GgufHeader {

  private static final int MAGIC = 0x4655_4747;
  private static final int BIG_ENDIAN_3 = 0x0300_0000;

  private static final int MAX_ENTRIES = 1 << 16;
  private static final int MAX_TENSORS = 1 << 18;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_ALIGNMENT = 1 << 16;

  private static final String ALIGNMENT = "general.alignment";
  private static final int DEFAULT_ALIGNMENT = 32;

  private static final int TYPE_U32 = 4;
  private static final int TYPE_STRING = 8;
  private static final int TYPE_ARRAY = 9;

  /** Bytes of a value by its type: u8 i8 u16 i16 u32 i32 f32 bool string array u64 i64 f64. */
  private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  private final GgufInput in;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();

  private GgufHeader(GgufInput in) {
    this.in = in;
  }

  /** Reads a header and the padding behind it. */
  static GgufHeader read(InputStream stream) throws IOException, MalformedException {
    var header = new GgufHeader(new GgufInput(stream));
    header.read();
    return header;
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(texts.get(key));
  }

  List<Tensor> tensors() {
    return List.copyOf(tensors);
  }

  private void read() throws IOException, MalformedException {
    MalformedException.unless(in.u32() == MAGIC, "no GGUF file");
    int version = in.u32();
    MalformedException.unless(version != BIG_ENDIAN_3, "GGUF in big endian");
    MalformedException.unless(version == 2 || version == 3, "GGUF version %d", version);
    long tensorCount = in.count("tensors", MAX_TENSORS);
    long entries = in.count("entries of metadata", MAX_ENTRIES);
    var keys = new HashSet<String>();
    for (long i = 0; i < entries; i++) {
      var key = in.string();
      MalformedException.unless(keys.add(key), "metadata '%s' comes twice", key);
      readValue(key, in.u32());
    }
    int alignment = alignment();
    var names = new HashSet<String>();
    for (long i = 0; i < tensorCount; i++) {
      var tensor = tensor(alignment);
      MalformedException.unless(names.add(tensor.name()), "tensor '%s' comes twice", tensor.name());
      tensors.add(tensor);
    }
    in.skipPadding(alignment);
  }

  private void readValue(String key, int type) throws IOException, MalformedException {
    if (type == TYPE_STRING) {
      texts.put(key, in.string());
    } else if (type == TYPE_U32) {
      numbers.put(key, in.u32());
    } else {
      MalformedException.unless(!key.equals(ALIGNMENT), "%s is of type %d", key, type);
      skipValue(key, type, 0);
    }
  }

  private void skipValue(String key, int type, int depth) throws IOException, MalformedException {
    MalformedException.unless(
        type >= 0 && type < VALUE_BYTES.length, "metadata '%s' is of type %d", key, type);
    if (type == TYPE_STRING) {
      in.skip(in.u64());
    } else if (type == TYPE_ARRAY) {
      skipArray(key, depth + 1);
    } else {
      in.skip(VALUE_BYTES[type]);
    }
  }

  private static boolean isFixed(int type) {
    return type >= 0 && type < VALUE_BYTES.length && VALUE_BYTES[type] > 0;
  }

  private void skipArray(String key, int depth) throws IOException, MalformedException {
    MalformedException.unless(depth <= MAX_DEPTH, "metadata '%s' is too deep an array", key);
    int type = in.u32();
    long count = in.u64();
    if (isFixed(type)) {
      in.skip(count, VALUE_BYTES[type]);
      return;
    }
    // However many there are said to be: each takes bytes, and those of a header are bounded.
    for (long left = count; left != 0; left--) {
      skipValue(key, type, depth);
    }
  }

  private int alignment() throws MalformedException {
    int alignment = numbers.getOrDefault(ALIGNMENT, DEFAULT_ALIGNMENT);
    MalformedException.unless(
        alignment > 0 && alignment <= MAX_ALIGNMENT && Integer.bitCount(alignment) == 1,
        "%s %s",
        ALIGNMENT,
        Integer.toUnsignedString(alignment));
    return alignment;
  }

  private Tensor tensor(int alignment) throws IOException, MalformedException {
    var name = in.string();
    int dimensions = in.u32();
    MalformedException.unless(
        dimensions >= 0 && dimensions <= MAX_DIMENSIONS,
        "tensor '%s' has %s dimensions",
        name,
        Integer.toUnsignedString(dimensions));
    var extents = new ArrayList<Long>();
    for (int i = 0; i < dimensions; i++) {
      extents.add(in.u64());
    }
    int type = in.u32();
    long offset = in.u64();
    boolean sound = offset >= 0 && offset % alignment == 0;
    for (long extent : extents) {
      sound &= extent >= 0;
    }
    MalformedException.unless(
        sound, "tensor '%s' of %s elements at offset %d", name, extents, offset);
    return new Tensor(name, type, List.copyOf(extents), offset);
  }
}
