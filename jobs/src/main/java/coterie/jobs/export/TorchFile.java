package coterie.jobs.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what {@code torch.save} writes (PyTorch 1.6 and later): a ZIP file of stored entries
 * {@code P/data.pkl}, {@code P/byteorder}, {@code P/data/0} and {@code P/version} (caffe2/serialize
 * of pytorch/pytorch: file format version 3).
 *
 * <p>Every entry's data begins at a multiple of 64 bytes, padded by an extra field "FB" in its
 * header, as PyTorch pads, so that tensors can be mapped into memory. Dates are constant: the same
 * content gives the same bytes.
 */
final class TorchFile {

  private static final String PREFIX = "archive";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;

  /** A later date than the format's first, which Java marks by a field of its own. */
  private static final LocalDateTime DATE = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  private TorchFile() {}

  /** The file of {@code {key: tensor}} with one int64 tensor. */
  static byte[] ofInt64Matrix(String key, List<List<Integer>> rows) {
    int columns = rows.get(0).size();
    var data = ByteBuffer.allocate(8 * rows.size() * columns).order(ByteOrder.LITTLE_ENDIAN);
    rows.forEach(row -> row.forEach(data::putLong));
    var file = new TorchFile();
    try {
      file.add("data.pkl", TorchPickle.ofInt64Matrix(key, rows.size(), columns));
      file.add("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      file.add("data/0", data.array());
      file.add("version", "3\n".getBytes(StandardCharsets.US_ASCII));
      file.zip.close();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return file.bytes.toByteArray();
  }

  private void add(String name, byte[] content) throws IOException {
    var entry = new ZipEntry(PREFIX + "/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    var checksum = new CRC32();
    checksum.update(content);
    entry.setCrc(checksum.getValue());
    entry.setTimeLocal(DATE);
    zip.flush();
    entry.setExtra(padding(bytes.size() + LOCAL_HEADER_BYTES + entry.getName().length()));
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** An extra field after which, if it begins at {@code offset}, the next byte is aligned. */
  private static byte[] padding(int offset) {
    int fill = Math.floorMod(-(offset + EXTRA_HEADER_BYTES), ALIGNMENT);
    var extra = ByteBuffer.allocate(EXTRA_HEADER_BYTES + fill).order(ByteOrder.LITTLE_ENDIAN);
    extra.put((byte) 'F').put((byte) 'B').putShort((short) fill);
    while (extra.hasRemaining()) {
      extra.put((byte) 'Z');
    }
    return extra.array();
  }
}
