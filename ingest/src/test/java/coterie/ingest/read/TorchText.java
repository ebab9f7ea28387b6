package coterie.ingest.read;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;

/**
 * Archives in the layout of {@code torch.save}, their pickles written by hand instruction by
 * instruction: a character is a byte.
 */
final class TorchText {

  private TorchText() {}

  /** An archive of this pickle, and of storages of 64-bit integers by their number. */
  static byte[] archive(String pickle, long[]... storages) {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("dump/data.pkl", bytes("\u0080\u0002" + pickle + "."));
    for (int i = 0; i < storages.length; i++) {
      entries.put("dump/data/" + i, NpyText.longs(storages[i]));
    }
    return ZipText.zip(entries);
  }

  static String dict(String... keysAndValues) {
    var text = new StringBuilder("}(");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      text.append(text(keysAndValues[i])).append(keysAndValues[i + 1]);
    }
    return text.append('u').toString();
  }

  static String list(String... values) {
    return "](" + String.join("", values) + "e";
  }

  static String text(String value) {
    return "X" + ints(value.length()) + value;
  }

  static String number(int value) {
    return "J" + ints(value);
  }

  /** The whole of a storage in C order. */
  static String tensor(int storage, int... sizes) {
    var strides = new int[sizes.length];
    int elements = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = elements;
      elements *= sizes[i];
    }
    return "ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + "ctorch\nLongStorage\n"
        + text(Integer.toString(storage))
        + text("cpu")
        + number(elements)
        + "tQ"
        + number(0)
        + tuple(sizes)
        + tuple(strides)
        + "\u0089ccollections\nOrderedDict\n)RtR";
  }

  private static String tuple(int... values) {
    var text = new StringBuilder("(");
    Arrays.stream(values).forEach(value -> text.append(number(value)));
    return text.append('t').toString();
  }

  private static String ints(int value) {
    return new String(NpyText.ints(value), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String characters) {
    return characters.getBytes(StandardCharsets.ISO_8859_1);
  }
}
