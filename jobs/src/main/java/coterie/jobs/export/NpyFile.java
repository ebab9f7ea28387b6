package coterie.jobs.export;

import coterie.ingest.container.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Writes one array of NumPy's {@code .npy} format, version 1 ({@code numpy.lib.format}): the header
 * is padded by spaces so that the elements begin at a multiple of 64 bytes.
 */
final class NpyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  private final ByteBuffer buffer;
  private final ElementType type;

  /** An array whose elements are put next, in C order. */
  NpyFile(ElementType type, int... shape) {
    this.type = type;
    var header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(
                type.descr(),
                Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", ")));
    int unpadded = MAGIC.length + Short.BYTES + header.length() + 1;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    buffer = ByteBuffer.allocate(unpadded + padding + elements * type.bytes());
    buffer.order(ByteOrder.LITTLE_ENDIAN).put(MAGIC);
    buffer.putShort((short) (header.length() + padding + 1));
    buffer.put((header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  void put(int element) {
    if (type == ElementType.I8) {
      buffer.putLong(element);
    } else {
      buffer.putInt(element);
    }
  }

  byte[] bytes() {
    if (buffer.hasRemaining()) {
      throw new IllegalStateException(buffer.remaining() + " bytes are missing");
    }
    return buffer.array();
  }
}
