package coterie.ingest.container;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What {@code torch.save} of PyTorch 1.6 and later writes: a ZIP file with {@code P/data.pkl}, the
 * pickle of the saved object, and {@code P/data/<key>}, the raw storages of its tensors; {@code P}
 * is any name. Storages are little endian unless {@code P/byteorder} says otherwise, which is
 * refused, and not compressed unless someone packed them anew.
 *
 * <p>The pickle is read at once, by {@link PickleReader}, which runs nothing. A tensor's bytes are
 * read from a temporary copy when they are asked for. The ZIP file's checksums are not verified:
 * PyTorch can be told not to compute them.
 */
public final class TorchArchive implements Closeable {

  /** Most bytes of one tensor in memory. */
  static final int MAX_TENSOR_BYTES = 1 << 30;

  /** Most bytes of a storage that is compressed, since it is inflated as a whole. */
  static final int MAX_INFLATED_BYTES = 1 << 26;

  private static final String PICKLE = "/data.pkl";

  private final Spool spool;
  private final ZipFile zip;
  private final String prefix;
  private final Object root;
  private String inflatedName;
  private byte[] inflated;

  private TorchArchive(Spool spool, ZipFile zip) throws IOException, MalformedException {
    this.spool = spool;
    this.zip = zip;
    this.prefix = prefix(zip);
    checkByteOrder();
    try (var pickle = new BufferedInputStream(zip.getInputStream(entry(PICKLE)))) {
      this.root = PickleReader.read(pickle);
    }
  }

  /**
   * Reads the pickle of an archive.
   *
   * @throws IOException if the content is no ZIP file or breaks off
   * @throws MalformedException if there is no pickle in it, or one that is refused
   */
  public static TorchArchive open(InputStream in) throws IOException, MalformedException {
    var spool = Spool.of(in);
    ZipFile zip = null;
    TorchArchive archive = null;
    try {
      zip = new ZipFile(spool.file().toFile());
      archive = new TorchArchive(spool, zip);
      return archive;
    } finally {
      if (archive == null) {
        close(zip, spool);
      }
    }
  }

  private static String prefix(ZipFile zip) throws MalformedException {
    var pickle =
        zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith(PICKLE)).findFirst();
    MalformedException.unless(pickle.isPresent(), "the ZIP file has no entry data.pkl");
    return pickle.get().substring(0, pickle.get().length() - PICKLE.length());
  }

  private void checkByteOrder() throws IOException, MalformedException {
    var order = zip.getEntry(prefix + "/byteorder");
    if (order == null) {
      return;
    }
    try (var in = zip.getInputStream(order)) {
      var name = new String(in.readNBytes("little".length()), StandardCharsets.ISO_8859_1);
      MalformedException.unless(
          name.equals("little"), "the tensors are in byte order '%s', only little is read", name);
    }
  }

  private ZipEntry entry(String name) throws MalformedException {
    var entry = zip.getEntry(prefix + name);
    MalformedException.unless(entry != null, "the archive has no entry %s", name.substring(1));
    return entry;
  }

  /**
   * The saved object: a {@link java.util.Map}, {@link java.util.List}, {@link String}, {@link
   * Long}, {@link Double}, {@link Boolean}, {@link Tensor} or null, and what these hold. It may
   * hold one thing at several places, itself too.
   */
  public Object root() {
    return root;
  }

  /**
   * The elements of a tensor of integers.
   *
   * @throws MalformedException if it has no integers or not two or three dimensions, or its storage
   *     is not what the pickle says
   */
  public TensorIntegers integers(Tensor tensor) throws IOException, MalformedException {
    MalformedException.unless(
        tensor.type().isInteger() && (tensor.dimensions() == 2 || tensor.dimensions() == 3),
        "a tensor of shape %s and type %s where one of integers must be",
        tensor.shapeText(),
        tensor.type());
    var storage = tensor.storage();
    var entry = entry("/data/" + storage.key());
    MalformedException.unless(
        entry.getSize() == storage.bytes(),
        "storage %s has %d bytes, not %d x %d",
        storage.key(),
        entry.getSize(),
        storage.elements(),
        storage.type().bytes());
    long bytes = tensor.span() * storage.type().bytes();
    MalformedException.unless(
        bytes <= MAX_TENSOR_BYTES,
        "a tensor of %d bytes, at most %d are read",
        bytes,
        MAX_TENSOR_BYTES);
    long from = tensor.offset() * storage.type().bytes();
    return new TensorIntegers(tensor, read(entry, from, (int) bytes));
  }

  private byte[] read(ZipEntry entry, long from, int count) throws IOException, MalformedException {
    if (entry.getMethod() != ZipEntry.STORED) {
      return Arrays.copyOfRange(inflated(entry), (int) from, (int) from + count);
    }
    try (var in = zip.getInputStream(entry)) {
      in.skipNBytes(from);
      return complete(in.readNBytes(count), count, entry);
    }
  }

  /** The last one stays, since many tensors can be parts of one storage. */
  private byte[] inflated(ZipEntry entry) throws IOException, MalformedException {
    if (!entry.getName().equals(inflatedName)) {
      MalformedException.unless(
          entry.getSize() <= MAX_INFLATED_BYTES,
          "entry %s is compressed and has %d bytes, of which at most %d are read",
          entry.getName(),
          entry.getSize(),
          MAX_INFLATED_BYTES);
      int size = (int) entry.getSize();
      try (var in = zip.getInputStream(entry)) {
        inflated = complete(in.readNBytes(size), size, entry);
        inflatedName = entry.getName();
      }
    }
    return inflated;
  }

  private static byte[] complete(byte[] read, int count, ZipEntry entry) throws MalformedException {
    MalformedException.unless(
        read.length == count,
        "entry %s ends after %d of %d bytes",
        entry.getName(),
        read.length,
        count);
    return read;
  }

  @Override
  public void close() throws IOException {
    close(zip, spool);
  }

  private static void close(ZipFile zip, Spool spool) throws IOException {
    try {
      if (zip != null) {
        zip.close();
      }
    } finally {
      spool.close();
    }
  }
}
