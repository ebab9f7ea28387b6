package coterie.planner.profile;

import java.io.Serializable;

/**
 * What a GPU sustains in MoE kernels.
 *
 * @param name lower case, as given on the command line
 * @param launchSeconds time of a MoE layer that reads nothing
 * @param memoryBytesPerSecond weights read while memory-bound
 * @param halfFlops operations a second in bf16 and fp16 while compute-bound
 * @param quarterFlops the same in fp8
 */
public record HardwareProfile(
    String name,
    double launchSeconds,
    double memoryBytesPerSecond,
    double halfFlops,
    double quarterFlops)
    implements Serializable {

  /**
   * H100 SXM, 80 GB.
   *
   * <p>Launch and memory: least squares over 41 decode points of the DeepSeek-V3 fp8 kernel
   * (ai-dynamo/aiconfigurator, {@code h100_sxm}): 23.7 us + 16.0 us per distinct expert of 44.0 MB,
   * R2 0.9996, so 2.75 TB/s of the 3.35 TB/s on the data sheet. Compute: 0.06 us per token and
   * expert in the same data, 1,450 of 1,979 TFLOPS in fp8; the same share of 989 TFLOPS is taken
   * for bf16, which these data do not cover.
   */
  public static final HardwareProfile H100 =
      new HardwareProfile("h100", 23.7e-6, 2.75e12, 989e12 * 1450 / 1979, 1450e12);

  /**
   * Operations a second for weights of a given width. Exactly one byte is fp8; narrower formats are
   * widened to bf16 before the product on this generation of kernels.
   */
  public double flops(double bytesPerWeight) {
    return bytesPerWeight == 1.0 ? quarterFlops : halfFlops;
  }
}
