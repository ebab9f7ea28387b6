package coterie.ingest.container;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Element types of NumPy arrays, little endian. */
public enum ElementType {
  U1("|u1", 1),
  I1("|i1", 1),
  BOOL("|b1", 1),
  U2("<u2", 2),
  I2("<i2", 2),
  U4("<u4", 4),
  I4("<i4", 4),
  I8("<i8", 8),
  F2("<f2", 2),
  F4("<f4", 4),
  F8("<f8", 8);

  private final String descr;
  private final int bytes;

  ElementType(String descr, int bytes) {
    this.descr = descr;
    this.bytes = bytes;
  }

  /** NumPy's {@code descr}. */
  public String descr() {
    return descr;
  }

  public int bytes() {
    return bytes;
  }

  public boolean isInteger() {
    return this != F2 && this != F4 && this != F8;
  }

  /** The integer at {@code index} of a little-endian buffer. */
  public long integer(ByteBuffer data, int index) {
    return switch (this) {
      case U1, BOOL -> data.get(index) & 0xFF;
      case I1 -> data.get(index);
      case U2 -> data.getShort(2 * index) & 0xFFFF;
      case I2 -> data.getShort(2 * index);
      case U4 -> data.getInt(4 * index) & 0xFFFF_FFFFL;
      case I4 -> data.getInt(4 * index);
      case I8 -> data.getLong(8 * index);
      case F2, F4, F8 -> throw new IllegalStateException(descr + " holds no integers");
    };
  }

  /**
   * Copies the integers {@code [index, index + count)} to the beginning of an array; one that no
   * int holds as -1. A loop for each type: engines write ids by the million.
   */
  public void integers(ByteBuffer data, int index, int count, int[] into) {
    switch (this) {
      case U1, BOOL -> bytes(data, index, count, into);
      case U2 -> {
        for (int i = 0; i < count; i++) {
          into[i] = data.getShort(2 * (index + i)) & 0xFFFF;
        }
      }
      case I4 -> {
        for (int i = 0; i < count; i++) {
          into[i] = data.getInt(4 * (index + i));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          long value = integer(data, index + i);
          into[i] = value == (int) value ? (int) value : -1;
        }
      }
    }
  }

  private static void bytes(ByteBuffer data, int index, int count, int[] into) {
    // Nearly all ids are single bytes in an array, and the array itself is faster than its buffer.
    var array = data.array();
    int from = data.arrayOffset() + index;
    for (int i = 0; i < count; i++) {
      into[i] = array[from + i] & 0xFF;
    }
  }

  /** The number at {@code index} of a little-endian buffer; of the floats, single and double. */
  public double number(ByteBuffer data, int index) {
    return switch (this) {
      case F2 -> throw new IllegalStateException(descr + " is too narrow for counts");
      case F4 -> data.getFloat(4 * index);
      case F8 -> data.getDouble(8 * index);
      default -> integer(data, index);
    };
  }

  /** The number at {@code index} as float16 bits. */
  public short half(ByteBuffer data, int index) {
    return switch (this) {
      case F2 -> data.getShort(2 * index);
      case F4 -> Float16.fromFloat(data.getFloat(4 * index));
      case F8 -> Float16.fromFloat((float) data.getDouble(8 * index));
      default -> throw new IllegalStateException(descr + " holds no fractions");
    };
  }

  /** The type of a NumPy {@code descr}. */
  public static Optional<ElementType> find(String descr) {
    return Arrays.stream(values()).filter(type -> type.descr.equals(descr)).findFirst();
  }
}
