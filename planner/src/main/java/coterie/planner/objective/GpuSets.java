package coterie.planner.objective;

/** An array of sets of GPUs, each {@code ceil(gpus / 64)} words of bits. */
final class GpuSets {

  private final int words;
  private final long[] bits;

  GpuSets(int sets, int gpus) {
    words = (gpus + 63) / 64;
    bits = new long[sets * words];
  }

  void add(int set, int gpu) {
    bits[set * words + (gpu >> 6)] |= 1L << gpu;
  }

  void remove(int set, int gpu) {
    bits[set * words + (gpu >> 6)] &= ~(1L << gpu);
  }

  boolean contains(int set, int gpu) {
    return (bits[set * words + (gpu >> 6)] >>> gpu & 1) != 0;
  }

  void clear(int set) {
    for (int w = 0; w < words; w++) {
      bits[set * words + w] = 0;
    }
  }

  void copy(int set, GpuSets from, int fromSet) {
    System.arraycopy(from.bits, fromSet * words, bits, set * words, words);
  }

  /** True if every GPU of {@code set} is in {@code otherSet} of {@code other}. */
  boolean within(int set, GpuSets other, int otherSet) {
    for (int w = 0; w < words; w++) {
      if ((bits[set * words + w] & ~other.bits[otherSet * words + w]) != 0) {
        return false;
      }
    }
    return true;
  }
}
