package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.ZipInputStream;

/** The arrays of a NumPy {@code .npz} file that traces are made of; others are passed over. */
final class NpzArrays {

  /** {@code [tokens, layers, k]} expert ids; the only array that must be there. */
  static final String IDS = "ids";

  private static final String SUFFIX = ".npy";
  private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 64;

  private final Map<String, NpyArray> arrays;

  private NpzArrays(Map<String, NpyArray> arrays) {
    this.arrays = arrays;
  }

  /** Reads all arrays into memory. */
  static NpzArrays read(InputStream in) throws IOException, MalformedException {
    var arrays = new HashMap<String, NpyArray>();
    var zip = new ZipInputStream(in);
    for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (entry.getName().endsWith(SUFFIX)) {
        var name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
        var bytes = zip.readNBytes(MAX_ARRAY_BYTES);
        MalformedException.unless(
            bytes.length < MAX_ARRAY_BYTES, "array %s exceeds %d bytes", name, MAX_ARRAY_BYTES);
        arrays.put(name, parse(name, bytes));
      }
    }
    MalformedException.unless(
        arrays.containsKey(IDS), "no array 'ids' [tokens, layers, k]; arrays: %s", arrays.keySet());
    return new NpzArrays(arrays);
  }

  private static NpyArray parse(String name, byte[] bytes) throws MalformedException {
    try {
      return NpyArray.parse(bytes);
    } catch (MalformedException malformed) {
      throw new MalformedException("array " + name + ": " + malformed.getMessage());
    }
  }

  NpyArray ids() {
    return arrays.get(IDS);
  }

  Optional<NpyArray> find(String name) {
    return Optional.ofNullable(arrays.get(name));
  }

  /** One integer a token, if there is such an array. */
  Optional<NpyArray> perToken(String name) throws MalformedException {
    var array = find(name);
    if (array.isPresent()) {
      var a = array.get();
      MalformedException.unless(
          a.type().isInteger() && a.dimensions() == 1 && a.extent(0) == ids().extent(0),
          "array %s has shape %s, expected one integer for each of %d tokens",
          name,
          a.shapeText(),
          ids().extent(0));
    }
    return array;
  }

  /** What the arrays state about the model. */
  StatedShape stated() throws MalformedException {
    return new StatedShape(
        find("layer_ids").map(NpzArrays::integers).orElse(null),
        scalar("num_experts"),
        scalar("top_k"));
  }

  private static java.util.List<Integer> integers(NpyArray array) {
    int count =
        IntStream.range(0, array.dimensions()).map(array::extent).reduce(1, (a, b) -> a * b);
    return IntStream.range(0, count).mapToObj(i -> (int) array.integer(i)).toList();
  }

  private Integer scalar(String name) throws MalformedException {
    var array = find(name).map(NpzArrays::integers);
    if (array.isEmpty()) {
      return null;
    }
    MalformedException.unless(array.get().size() == 1, "array %s is no single number", name);
    return array.get().get(0);
  }
}
