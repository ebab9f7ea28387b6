package coterie.ingest.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Arrays in NumPy's format written by hand, right or wrong: every part as it is given. */
final class NpyText {

  private NpyText() {}

  /** Version 1 with a header of these values. */
  static byte[] npy(String descr, String shape, byte... data) {
    return withHeader(
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(descr, shape), data);
  }

  static byte[] withHeader(String header, byte... data) {
    var text = header.getBytes(StandardCharsets.ISO_8859_1);
    return Fault.join(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0},
        new byte[] {(byte) text.length, (byte) (text.length >>> 8)},
        text,
        data);
  }

  /** Version 2, whose header may say to have any length. */
  static byte[] withHeaderLength(int stated) {
    var length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(stated).array();
    return Fault.join(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0}, length);
  }

  /** Elements of 8 bytes, little endian. */
  static byte[] longs(long... values) {
    var buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      buffer.putLong(value);
    }
    return buffer.array();
  }

  /** Elements of 4 bytes, little endian. */
  static byte[] ints(int... values) {
    var buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putInt(value);
    }
    return buffer.array();
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
