package coterie.planner.objective;

/**
 * What one move does to the GPUs that hold two experts.
 *
 * <p>A GPU of {@link #NONE} means that nothing is lost or gained there.
 *
 * @param a an expert that may lose its replica on {@code fromA} and gain one on {@code toA}
 * @param b another expert, likewise
 */
public record HostChange(int a, int fromA, int toA, int b, int fromB, int toB) {

  public static final int NONE = -1;

  /** Experts {@code a} on {@code gpuA} and {@code b} on {@code gpuB} change places. */
  public static HostChange swap(int a, int gpuA, int b, int gpuB) {
    return new HostChange(a, gpuA, gpuB, b, gpuB, gpuA);
  }

  /** Expert {@code old} gives its slot on {@code gpu} to expert {@code successor}. */
  public static HostChange reassign(int old, int successor, int gpu) {
    return new HostChange(old, gpu, NONE, successor, NONE, gpu);
  }

  /** The change that undoes this one. */
  public HostChange inverse() {
    return new HostChange(a, toA, fromA, b, toB, fromB);
  }
}
