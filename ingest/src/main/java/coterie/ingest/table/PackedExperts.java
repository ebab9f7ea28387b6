package coterie.ingest.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The {@code experts} column of a routing block: {@code [layer][token][k]} logical ids.
 *
 * <p>One byte an id where the model has at most 256 experts and every token has all k; otherwise
 * two bytes, little endian, with {@link #ABSENT} where a token has fewer than k. The width follows
 * from the length.
 */
public final class PackedExperts {

  /** Stands for no expert in two-byte blocks. */
  public static final int ABSENT = 0xFFFF;

  private static final int MAX_ONE_BYTE_EXPERTS = 256;

  /** Four bytes at once, at any place. */
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final byte[] data;
  private final int width;
  private final int layers;
  private final int tokens;
  private final int topK;

  /**
   * A view on a block.
   *
   * @throws IllegalArgumentException if the length fits neither width
   */
  public PackedExperts(byte[] data, int layers, int tokens, int topK) {
    int ids = layers * tokens * topK;
    if (ids == 0 || (data.length != ids && data.length != 2 * ids)) {
      throw new IllegalArgumentException(
          "block of %d bytes cannot hold %d layers x %d tokens x %d experts"
              .formatted(data.length, layers, tokens, topK));
    }
    this.data = data;
    this.width = data.length / ids;
    this.layers = layers;
    this.tokens = tokens;
    this.topK = topK;
  }

  /** Room for a block whose tokens all have k experts. */
  public static PackedExperts allocate(int experts, int layers, int tokens, int topK) {
    int width = experts <= MAX_ONE_BYTE_EXPERTS ? 1 : 2;
    return new PackedExperts(new byte[width * layers * tokens * topK], layers, tokens, topK);
  }

  public int layers() {
    return layers;
  }

  public int tokens() {
    return tokens;
  }

  public int topK() {
    return topK;
  }

  /** The packed bytes; not copied. */
  public byte[] data() {
    return data;
  }

  /** The id at a place, or {@link #ABSENT}; {@code layer} counts MoE layers from 0. */
  public int id(int layer, int token, int k) {
    int index = (layer * tokens + token) * topK + k;
    return width == 1
        ? data[index] & 0xFF
        : (data[2 * index] & 0xFF) | (data[2 * index + 1] & 0xFF) << 8;
  }

  /** Writes the id at a place. */
  public void set(int layer, int token, int k, int id) {
    int index = (layer * tokens + token) * topK + k;
    if (width == 1) {
      data[index] = (byte) id;
    } else {
      data[2 * index] = (byte) id;
      data[2 * index + 1] = (byte) (id >>> 8);
    }
  }

  /** Bytes of an id. */
  public int idBytes() {
    return width;
  }

  /**
   * Writes all k ids of some tokens in one layer.
   *
   * @param packed ids as this block holds them; those of token {@code first + i} begin at byte
   *     {@code from + i * stride}
   */
  public void set(int layer, int first, int count, byte[] packed, int from, int stride) {
    int bytes = width * topK;
    int at = (layer * tokens + first) * bytes;
    for (int i = 0; i < count; i++, at += bytes) {
      int source = from + i * stride;
      int done = 0;
      for (; done <= bytes - Integer.BYTES; done += Integer.BYTES) {
        INTS.set(data, at + done, (int) INTS.get(packed, source + done));
      }
      for (; done < bytes; done++) {
        data[at + done] = packed[source + done];
      }
    }
  }

  /** A block of the first {@code count} tokens; this one if it has no more. */
  public PackedExperts first(int count) {
    if (count == tokens) {
      return this;
    }
    int bytes = width * count * topK;
    var packed = new byte[layers * bytes];
    for (int layer = 0; layer < layers; layer++) {
      System.arraycopy(data, layer * width * tokens * topK, packed, layer * bytes, bytes);
    }
    return new PackedExperts(packed, layers, count, topK);
  }

  /**
   * Copies the experts of a token into {@code into}, absent ones left out.
   *
   * @return how many there are
   */
  public int read(int layer, int token, int[] into) {
    int count = 0;
    for (int k = 0; k < topK; k++) {
      int id = id(layer, token, k);
      if (width == 1 || id != ABSENT) {
        into[count++] = id;
      }
    }
    return count;
  }
}
