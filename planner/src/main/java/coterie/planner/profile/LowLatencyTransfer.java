package coterie.planner.profile;

/**
 * DeepEP's low-latency mode: a token is sent once for each expert that it selects.
 *
 * <p>Fitted to {@code deepep_low_latency_h100} of the published measurements (one node, both
 * directions of 176 points); {@code coterie bench profile} prints the errors. The share of the
 * network comes from DeepEP's published table on H800 with 400 Gbit/s (128 tokens a rank, 7,168
 * wide, top-8, EP16 to EP256), which a test holds the sum to.
 *
 * @param launchSeconds with nothing to send
 * @param secondsPerExpert of the layer: each has a counter that is sent and awaited
 * @param secondsPerHidden element of a token
 * @param nvlinkShare of the data sheet
 * @param laneBytesPerSecond an expert's messages go through one lane of this speed, which binds
 *     where the layer has few experts
 */
public record LowLatencyTransfer(
    double launchSeconds,
    double secondsPerExpert,
    double secondsPerHidden,
    double nvlinkShare,
    double laneBytesPerSecond,
    double bytesPerElement)
    implements Transfer {

  /** fp8 with a 4-byte scale for 128 elements. */
  public static final double DISPATCH_BYTES = 1 + 4.0 / 128;

  /** bf16. */
  public static final double COMBINE_BYTES = 2;

  public static final LowLatencyTransfer DISPATCH =
      new LowLatencyTransfer(7.87e-6, 16.0e-9, 0.105e-9, 0.654, 2.41e9, DISPATCH_BYTES);

  public static final LowLatencyTransfer COMBINE =
      new LowLatencyTransfer(10.2e-6, 5.36e-9, 0, 0.553, 23.3e9, COMBINE_BYTES);

  @Override
  public boolean oncePerGpu() {
    return false;
  }

  @Override
  public double seconds(
      GpuSheet gpu, int hidden, int experts, int tokens, double nvlinkBytes, double networkBytes) {
    double nvlink =
        Math.min(nvlinkShare * gpu.nvlinkBytesPerSecond(), experts * laneBytesPerSecond);
    double network = NETWORK_SHARE * gpu.networkBytesPerSecond();
    return launchSeconds
        + experts * secondsPerExpert
        + hidden * secondsPerHidden
        + Math.max(nvlinkBytes / nvlink, networkBytes / network);
  }
}
