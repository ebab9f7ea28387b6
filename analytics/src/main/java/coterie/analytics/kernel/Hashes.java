package coterie.analytics.kernel;

import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Spark SQL's {@code xxhash64}, an argument at a time, so that a kernel and a query that hash the
 * same values make the same choices.
 */
public final class Hashes {

  /** What {@code xxhash64} starts from. */
  private static final long START = 42;

  private static final double TWO_TO_53 = 0x1.0p53;
  private static final int FRACTION_SHIFT = 11;

  private Hashes() {}

  /** Of the seed as the first argument. */
  public static long start(long seed) {
    return XXH64.hashLong(seed, START);
  }

  /** With another BIGINT; a null changes nothing. */
  static long with(long hash, Long value) {
    return value == null ? hash : XXH64.hashLong(value, hash);
  }

  /** With another INT. */
  public static long with(long hash, int value) {
    return XXH64.hashInt(value, hash);
  }

  /** With another INT; a null changes nothing. */
  static long with(long hash, Integer value) {
    return value == null ? hash : XXH64.hashInt(value, hash);
  }

  /** With another STRING. */
  public static long with(long hash, String value) {
    var text = UTF8String.fromString(value);
    return XXH64.hashUTF8String(text, hash);
  }

  /** A hash as a fraction in [0, 1). */
  public static double fraction(long hash) {
    return (hash >>> FRACTION_SHIFT) / TWO_TO_53;
  }
}
