package coterie.ingest.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;

/**
 * Checks the counts that a page declares, before Parquet's decoders make arrays of that size.
 *
 * <p>apache/parquet-format, {@code Encodings.md}: levels and dictionary indices are runs, each with
 * a header that counts groups of eight packed values or repetitions of one; delta-packed integers
 * begin with the sizes of their blocks and the count of values.
 */
final class ParquetBounds {

  /** Writers make pages of a megabyte. */
  private static final int MAX_PAGE_BYTES = 1 << 26;

  /** What a megabyte holds of lists whose levels and values take half a bit each. */
  private static final int MAX_PAGE_VALUES = 1 << 24;

  private static final int MAX_BLOCK_VALUES = 1 << 16;

  /** Groups of eight by which writers may round a run up. */
  private static final int SPARE_GROUPS = 64;

  private ParquetBounds() {}

  static void pageBytes(int bytes) throws MalformedException {
    check("a page", bytes, "bytes", MAX_PAGE_BYTES);
  }

  static void pageValues(int values) throws MalformedException {
    check("a page", values, "values", MAX_PAGE_VALUES);
  }

  /** Each value of a dictionary takes more than a byte. */
  static void dictionary(int values, int bytes) throws MalformedException {
    check("a dictionary", values, "values", bytes);
  }

  private static void check(String what, int count, String unit, int bound)
      throws MalformedException {
    MalformedException.unless(
        count >= 0 && count <= bound, "%s of %d %s, the bound is %d", what, count, unit, bound);
  }

  /** The values behind the levels of a page, in one of the encodings that numbers come in. */
  static void values(ByteBuffer bytes, Encoding encoding, int values)
      throws IOException, MalformedException {
    switch (encoding) {
      case PLAIN, BYTE_STREAM_SPLIT -> {
        // As long as their bytes.
      }
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        if (bytes.hasRemaining()) {
          int width = bytes.get(bytes.position());
          runs(bytes.slice(bytes.position() + 1, bytes.remaining() - 1), width, values);
        }
      }
      case DELTA_BINARY_PACKED -> deltas(bytes, values);
      default -> throw new MalformedException("values in encoding " + encoding);
    }
  }

  /** The levels of a page. */
  static void levels(ByteBuffer bytes, int maxLevel, int values)
      throws IOException, MalformedException {
    runs(bytes, BytesUtils.getWidthFromMaxInt(maxLevel), values);
  }

  private static void runs(ByteBuffer bytes, int width, int values)
      throws IOException, MalformedException {
    check("a run", width, "bits a value", Integer.SIZE);
    var in = ByteBufferInputStream.wrap(bytes);
    while (in.available() > 0) {
      int header = BytesUtils.readUnsignedVarInt(in);
      int count = header >>> 1;
      boolean packed = (header & 1) == 1;
      if (packed) {
        check("a run", count, "groups of eight", values / Byte.SIZE + SPARE_GROUPS);
      }
      long length = packed ? (long) count * width : (width + Byte.SIZE - 1) / Byte.SIZE;
      in.skip(Math.min(length, in.available()));
    }
  }

  private static void deltas(ByteBuffer bytes, int values) throws IOException, MalformedException {
    var in = ByteBufferInputStream.wrap(bytes);
    int block = BytesUtils.readUnsignedVarInt(in);
    int parts = BytesUtils.readUnsignedVarInt(in);
    check("a block of deltas", block, "values", MAX_BLOCK_VALUES);
    check("a block of deltas", parts, "parts", block);
    check("deltas", BytesUtils.readUnsignedVarInt(in), "values", values);
  }
}
