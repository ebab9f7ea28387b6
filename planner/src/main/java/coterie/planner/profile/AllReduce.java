package coterie.planner.profile;

import java.io.Serializable;

/**
 * The time to add up one array over tensor-parallel GPUs.
 *
 * <p>Assumed, not measured: {@code launch + 2 (G - 1) / G * bytes / bandwidth}, the volume of a
 * ring (Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
 * JPDC 2009); 10 us and a share of 0.8 are aiconfigurator's constants for a message between GPUs
 * and for what is reached of a bandwidth.
 *
 * @param launchSeconds with nothing to add
 * @param nvlinkShare of the data sheet
 */
public record AllReduce(double launchSeconds, double nvlinkShare) implements Serializable {

  public static final AllReduce ASSUMED = new AllReduce(10e-6, 0.8);

  /** Seconds over {@code gpus} GPUs; 0 for one. */
  public double seconds(GpuSheet gpu, int gpus, double bytes) {
    if (gpus == 1) {
      return 0;
    }
    boolean oneDomain = gpus <= gpu.nvlinkGpus();
    double bandwidth =
        oneDomain
            ? nvlinkShare * gpu.nvlinkBytesPerSecond()
            : Transfer.NETWORK_SHARE * gpu.networkBytesPerSecond();
    return launchSeconds + volume(gpus, bytes) / bandwidth;
  }

  /** Bytes that each GPU sends, and receives. */
  public static double volume(int gpus, double bytes) {
    return 2.0 * (gpus - 1) / gpus * bytes;
  }
}
