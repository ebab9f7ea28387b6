package coterie.planner.model;

/**
 * A small generator whose numbers are fixed by its seed on every Java version.
 *
 * <p>SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
 * Written out here because {@link java.util.SplittableRandom} does not promise its sequence, and
 * the same seed must give the same plan for years.
 */
public final class SeededRandom {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  public SeededRandom(long seed) {
    this.state = seed;
  }

  /** A generator for a named part of the work; parts with other keys draw other numbers. */
  public static SeededRandom of(long seed, long... keys) {
    long mixed = mix(seed + GOLDEN_GAMMA);
    for (long key : keys) {
      mixed = mix(mixed + GOLDEN_GAMMA * (key + 1));
    }
    return new SeededRandom(mixed);
  }

  /** A 64-bit finaliser with full avalanche (variant 13 of Stafford, as in SplitMix64). */
  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Goes on as a generator that was made with this seed. */
  public void restart(long seed) {
    state = seed;
  }

  /** 64 uniform bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /**
   * A uniform number in {@code [0, bound)}.
   *
   * <p>Multiply-shift on 32 bits (Lemire 2019) without the rejection step: its bias is below {@code
   * bound / 2^32}, which no sample of ours can show.
   */
  public int nextInt(int bound) {
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** A uniform number in {@code [0, 1)} with 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Puts {@code values} into a uniformly drawn order (Fisher-Yates). */
  public void shuffle(int[] values) {
    shuffle(values, values.length);
  }

  /** Puts the first {@code size} of {@code values} into a uniformly drawn order. */
  public void shuffle(int[] values, int size) {
    for (int i = size - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }
}
