package coterie.planner.profile;

import coterie.planner.routing.GpuLoad;

/**
 * The time of the routed experts of one layer in one step.
 *
 * <p>{@code max over GPUs of launch + max(copies * bytes / bandwidth, pairs * operations / flops)}:
 * the roofline of the busiest GPU. Padding of compute tiles, dispatch, attention and the shared
 * expert are not part of it.
 */
public final class MoeTime {

  private final double launchSeconds;
  private final double secondsPerCopy;
  private final double secondsPerPair;

  public MoeTime(HardwareProfile hardware, ExpertShape expert) {
    launchSeconds = hardware.launchSeconds();
    secondsPerCopy = expert.bytes() / hardware.memoryBytesPerSecond();
    secondsPerPair = expert.flopsPerToken() / hardware.flops(expert.bytesPerWeight());
  }

  /** Pairs of a token and an expert whose computing takes as long as reading one expert. */
  public double pairsPerCopy() {
    return secondsPerCopy / secondsPerPair;
  }

  /** Seconds until the last GPU is done. */
  public double seconds(GpuLoad load) {
    double slowest = 0;
    for (int gpu = 0; gpu < load.gpus(); gpu++) {
      double memory = load.copies(gpu) * secondsPerCopy;
      double compute = load.pairs(gpu) * secondsPerPair;
      slowest = Math.max(slowest, Math.max(memory, compute));
    }
    return launchSeconds + slowest;
  }
}
