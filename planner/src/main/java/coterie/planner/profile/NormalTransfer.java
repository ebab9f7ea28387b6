package coterie.planner.profile;

/**
 * DeepEP's normal mode: a token is sent once to each GPU that it needs, by multiprocessors that are
 * set aside for it.
 *
 * <p>Fitted to {@code deepep_normal_h100} of the published measurements (one node, 2,484 points, 4
 * to 24 multiprocessors); {@code coterie bench profile} prints the errors.
 *
 * @param launchSeconds with nothing to send
 * @param secondsPerHidden element of a token
 * @param tokenSeconds of one multiprocessor for a token
 * @param nvlinkShare of the data sheet
 * @param bytesPerSecondPerMultiprocessor that one multiprocessor moves
 * @param multiprocessors set aside
 */
public record NormalTransfer(
    double launchSeconds,
    double secondsPerHidden,
    double tokenSeconds,
    double nvlinkShare,
    double bytesPerSecondPerMultiprocessor,
    int multiprocessors,
    double bytesPerElement)
    implements Transfer {

  /** What DeepEP sets aside if it is not told otherwise. */
  public static final int DEFAULT_MULTIPROCESSORS = 20;

  public static final NormalTransfer DISPATCH =
      new NormalTransfer(
          25.5e-6,
          0.138e-9,
          0.401e-6,
          0.865,
          20.2e9,
          DEFAULT_MULTIPROCESSORS,
          LowLatencyTransfer.DISPATCH_BYTES);

  public static final NormalTransfer COMBINE =
      new NormalTransfer(
          23.9e-6,
          3.36e-9,
          0.752e-6,
          0.950,
          25.3e9,
          DEFAULT_MULTIPROCESSORS,
          LowLatencyTransfer.COMBINE_BYTES);

  /** The same with another number of multiprocessors. */
  public NormalTransfer with(int count) {
    return new NormalTransfer(
        launchSeconds,
        secondsPerHidden,
        tokenSeconds,
        nvlinkShare,
        bytesPerSecondPerMultiprocessor,
        count,
        bytesPerElement);
  }

  @Override
  public boolean oncePerGpu() {
    return true;
  }

  @Override
  public double seconds(
      GpuSheet gpu, int hidden, int experts, int tokens, double nvlinkBytes, double networkBytes) {
    double nvlink =
        Math.min(
            nvlinkShare * gpu.nvlinkBytesPerSecond(),
            multiprocessors * bytesPerSecondPerMultiprocessor);
    double network = NETWORK_SHARE * gpu.networkBytesPerSecond();
    return launchSeconds
        + hidden * secondsPerHidden
        + tokens * tokenSeconds / multiprocessors
        + Math.max(nvlinkBytes / nvlink, networkBytes / network);
  }
}
