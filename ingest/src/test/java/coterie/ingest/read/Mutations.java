package coterie.ingest.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random damage to bytes, the same for the same random numbers. */
final class Mutations {

  private static final long[] INTERESTING = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    32_767,
    65_535,
    65_536,
    0x7FFF_FFFF,
    0x8000_0000L,
    0xFFFF_FFFFL,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final int MAX_RANGE = 64;

  private final SplittableRandom random;

  Mutations(SplittableRandom random) {
    this.random = random;
  }

  /** One to four changes. */
  byte[] change(byte[] seed, byte[] other) {
    var bytes = seed;
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      bytes = changeOnce(bytes, other);
    }
    return bytes;
  }

  private byte[] changeOnce(byte[] bytes, byte[] other) {
    if (bytes.length == 0) {
      return other.clone();
    }
    int at = random.nextInt(bytes.length);
    int end = Math.min(bytes.length, at + 1 + random.nextInt(MAX_RANGE));
    return switch (random.nextInt(10)) {
      case 0 -> flipped(bytes, at);
      case 1 -> filled(bytes, at, at + 1, random.nextInt(256));
      case 2 -> filled(bytes, at, end, random.nextInt(256));
      case 3 -> Fault.join(Arrays.copyOf(bytes, at), noise(), from(bytes, at));
      case 4 -> Fault.join(Arrays.copyOf(bytes, at), from(bytes, at + 1));
      case 5 -> Fault.join(Arrays.copyOf(bytes, at), from(bytes, end));
      case 6 -> Fault.join(Arrays.copyOf(bytes, end), from(bytes, at));
      case 7 -> Arrays.copyOf(bytes, at);
      case 8 -> Fault.join(Arrays.copyOf(bytes, at), from(other, random.nextInt(other.length)));
      default -> withInteger(bytes, at);
    };
  }

  private static byte[] from(byte[] bytes, int at) {
    return Arrays.copyOfRange(bytes, at, bytes.length);
  }

  private byte[] noise() {
    var noise = new byte[1 + random.nextInt(8)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] flipped(byte[] bytes, int at) {
    var changed = bytes.clone();
    changed[at] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private static byte[] filled(byte[] bytes, int from, int to, int value) {
    var changed = bytes.clone();
    Arrays.fill(changed, from, to, (byte) value);
    return changed;
  }

  /** In binary of either byte order, or in digits, which text formats are made of. */
  private byte[] withInteger(byte[] bytes, int at) {
    long value = INTERESTING[random.nextInt(INTERESTING.length)];
    if (random.nextBoolean()) {
      // In place of the next number, or of nothing where there is none.
      int from = at;
      while (from < bytes.length && !isDigit(bytes[from])) {
        from++;
      }
      int to = from;
      while (to < bytes.length && isDigit(bytes[to])) {
        to++;
      }
      var digits = Fault.utf8(Long.toString(value));
      return Fault.join(Arrays.copyOf(bytes, from), digits, from(bytes, to));
    }
    var order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    boolean wide = random.nextBoolean();
    var integer = ByteBuffer.allocate(8).order(order);
    if (wide) {
      integer.putLong(value);
    } else {
      integer.putInt((int) value);
    }
    var changed = bytes.clone();
    System.arraycopy(integer.array(), 0, changed, at, Math.min(wide ? 8 : 4, bytes.length - at));
    return changed;
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
