package coterie.planner.profile;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The data sheet of a GPU and of the links it has in the machines that it is sold in.
 *
 * <p>H100, H200, B200, GB200: system files of ai-dynamo/aiconfigurator @ 095f58a5. What kernels
 * reach of these numbers is in {@link MoeKernel}, {@link Transfer} and {@link AttentionCost}.
 *
 * @param name lower case, as given on the command line
 * @param memoryBytes of one GPU
 * @param memoryBytesPerSecond of one GPU
 * @param halfFlops dense operations a second in bf16
 * @param quarterFlops dense operations a second in fp8
 * @param multiprocessors that blocks of a kernel are spread over
 * @param nvlinkBytesPerSecond to the other GPUs of the NVLink domain, one direction
 * @param nvlinkGpus GPUs of one NVLink domain
 * @param networkBytesPerSecond to GPUs of other domains, one direction
 */
public record GpuSheet(
    String name,
    double memoryBytes,
    double memoryBytesPerSecond,
    double halfFlops,
    double quarterFlops,
    int multiprocessors,
    double nvlinkBytesPerSecond,
    int nvlinkGpus,
    double networkBytesPerSecond)
    implements Serializable {

  /** H100 SXM; 132 multiprocessors, 400 Gbit/s to the network. */
  public static final GpuSheet H100 =
      new GpuSheet("h100", 80e9, 3.35e12, 989e12, 1979e12, 132, 450e9, 8, 50e9);

  /** H200: an H100 with other memory. */
  public static final GpuSheet H200 =
      new GpuSheet("h200", 141e9, 4.8e12, 989e12, 1979e12, 132, 450e9, 8, 50e9);

  /** B200; 148 multiprocessors. */
  public static final GpuSheet B200 =
      new GpuSheet("b200", 180e9, 7.7e12, 2250e12, 4500e12, 148, 900e9, 8, 100e9);

  /** GB200 in a rack of 72 (NVL72); its memory of 186 GB is from memory, not from the file. */
  public static final GpuSheet GB200 =
      new GpuSheet("gb200", 186e9, 8.0e12, 2500e12, 5000e12, 152, 900e9, 72, 100e9);

  /**
   * H800: an H100 with slower NVLink. 160 GB/s one direction are usable (DeepEP's documentation of
   * version 1); 246 GB/s here times the share that transfers reach of a data sheet come to that.
   */
  public static final GpuSheet H800 =
      new GpuSheet("h800", 80e9, 3.35e12, 989e12, 1979e12, 132, 246e9, 8, 50e9);

  private static final List<GpuSheet> ALL = List.of(H100, H200, B200, GB200, H800);

  public GpuSheet {
    if (!(memoryBytes > 0
        && memoryBytesPerSecond > 0
        && halfFlops > 0
        && quarterFlops > 0
        && multiprocessors > 0
        && nvlinkBytesPerSecond > 0
        && nvlinkGpus > 0
        && networkBytesPerSecond > 0)) {
      throw new IllegalArgumentException("GPU '" + name + "': all of its numbers must be positive");
    }
  }

  /** Dense operations a second. */
  public double flops(Precision precision) {
    return precision == Precision.HALF ? halfFlops : quarterFlops;
  }

  /** The GPU of this name. */
  public static Optional<GpuSheet> find(String name) {
    return ALL.stream().filter(sheet -> sheet.name.equals(name)).findFirst();
  }

  /** All names. */
  public static List<String> names() {
    return ALL.stream().map(GpuSheet::name).toList();
  }
}
