package coterie.ingest.read;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import coterie.ingest.container.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The arrays of a NumPy {@code .npz} file that traces are made of; others are passed over.
 *
 * <p>Read by the directory at the file's end: without it nobody can tell whether the arrays that
 * came first are all there were.
 */
final class NpzArrays {

  /** {@code [tokens, layers, k]} expert ids; the only array that must be there. */
  static final String IDS = "ids";

  private static final Set<String> KNOWN =
      Set.of(IDS, "weights", "request", "position", "phase", "layer_ids", "num_experts", "top_k");

  private static final String SUFFIX = ".npy";
  private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 64;

  private final Map<String, NpyArray> arrays;

  private NpzArrays(Map<String, NpyArray> arrays) {
    this.arrays = arrays;
  }

  /** Reads the arrays into memory. */
  static NpzArrays read(InputStream in) throws IOException, MalformedException {
    try (var spool = Spool.of(in);
        var zip = new ZipFile(spool.file().toFile())) {
      var names = new TreeSet<String>();
      var arrays = new HashMap<String, NpyArray>();
      for (var entry : Collections.list(zip.entries())) {
        if (entry.getName().endsWith(SUFFIX)) {
          var name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
          MalformedException.unless(names.add(name), "array %s is there twice", name);
          if (KNOWN.contains(name)) {
            arrays.put(name, parse(name, content(zip, entry, name)));
          }
        }
      }
      MalformedException.unless(
          arrays.containsKey(IDS), "no array 'ids' [tokens, layers, k]; arrays: %s", names);
      return new NpzArrays(arrays);
    }
  }

  private static byte[] content(ZipFile zip, ZipEntry entry, String name)
      throws IOException, MalformedException {
    long size = entry.getSize();
    MalformedException.unless(
        size >= 0 && size < MAX_ARRAY_BYTES,
        "array %s of %d bytes, at most %d are read",
        name,
        size,
        MAX_ARRAY_BYTES);
    var checksum = new CRC32();
    try (var in = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
      var bytes = in.readNBytes((int) size + 1);
      MalformedException.unless(
          bytes.length == size, "array %s is not %d bytes long, as stated", name, size);
      MalformedException.unless(
          checksum.getValue() == entry.getCrc(), "array %s: its checksum is wrong", name);
      return bytes;
    }
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
    return new StatedShape(integers("layer_ids"), scalar("num_experts"), scalar("top_k"));
  }

  private Integer scalar(String name) throws MalformedException {
    var array = integers(name);
    if (array == null) {
      return null;
    }
    MalformedException.unless(array.size() == 1, "array %s is no single number", name);
    return array.get(0);
  }

  /** Integers that describe the model; null if there is no such array. */
  private List<Integer> integers(String name) throws MalformedException {
    var array = arrays.get(name);
    if (array == null) {
      return null;
    }
    MalformedException.unless(
        array.type().isInteger() && array.dimensions() <= 1,
        "array %s has shape %s and dtype %s, expected integers in one dimension",
        name,
        array.shapeText(),
        array.type().descr());
    int count = array.dimensions() == 0 ? 1 : array.extent(0);
    var integers = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      long value = array.integer(i);
      MalformedException.unless(value == (int) value, "array %s holds %d", name, value);
      integers.add((int) value);
    }
    return integers;
  }
}
