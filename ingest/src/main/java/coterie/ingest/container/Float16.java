package coterie.ingest.container;

/**
 * IEEE 754 half precision, which Java 17 cannot convert.
 *
 * <p>Java 20 has {@code Float.floatToFloat16} and {@code Float.float16ToFloat}; these are the same
 * functions until then.
 */
public final class Float16 {

  private static final int EXPONENT_BITS = 0x7C00;

  private Float16() {}

  /** True unless the bits stand for an infinity or NaN. */
  public static boolean finite(short half) {
    return (half & EXPONENT_BITS) != EXPONENT_BITS;
  }

  /** The same number; all halves are floats. */
  public static float toFloat(short half) {
    int exponent = (half & EXPONENT_BITS) >>> 10;
    int fraction = half & 0x3FF;
    float magnitude = Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (!finite(half)) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    }
    return half < 0 ? -magnitude : magnitude;
  }

  /** Rounds to nearest, ties to even. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | EXPONENT_BITS | 0x200);
    }
    if (magnitude >= 65_520f) {
      return (short) (sign | EXPONENT_BITS);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal: multiples of 2^-24, and Math.rint rounds ties to even.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
    }
    int dropped = bits & 0x1FFF;
    int half = ((bits & 0x7FFF_FFFF) >>> 13) - (112 << 10);
    boolean up = dropped > 0x1000 || (dropped == 0x1000 && (half & 1) == 1);
    return (short) (sign | (up ? half + 1 : half));
  }
}
