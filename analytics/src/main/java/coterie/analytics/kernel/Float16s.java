package coterie.analytics.kernel;

/**
 * The {@code weights} column of a block: float16, little endian.
 *
 * <p>Every finite float16 is a whole multiple of {@link #UNIT}, so sums are kept as whole numbers
 * of it: exact, and the same in whatever order they are added.
 */
final class Float16s {

  /** The smallest float16 above 0. */
  static final double UNIT = 0x1.0p-24;

  private static final int SIGN = 0x8000;
  private static final int EXPONENT_MAX = 0x1F;
  private static final int HIDDEN_BIT = 0x400;

  private final byte[] data;

  Float16s(byte[] data) {
    this.data = data;
  }

  /** The value at a place in units; 0 if it is not finite. */
  long units(int index) {
    int bits = (data[2 * index] & 0xFF) | (data[2 * index + 1] & 0xFF) << 8;
    int exponent = (bits >>> 10) & EXPONENT_MAX;
    int mantissa = bits & (HIDDEN_BIT - 1);
    long magnitude =
        switch (exponent) {
          case 0 -> mantissa;
          case EXPONENT_MAX -> 0;
          default -> (long) (mantissa | HIDDEN_BIT) << (exponent - 1);
        };
    return (bits & SIGN) == 0 ? magnitude : -magnitude;
  }
}
