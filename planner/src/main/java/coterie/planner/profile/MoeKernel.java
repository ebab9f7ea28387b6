package coterie.planner.profile;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What one grouped matrix product of routed experts reaches of a GPU's data sheet.
 *
 * <p>The constants of the presets are fitted (least mean |log error|) to the rows with balanced or
 * uniform routing of one half of the groups (shape, EP) of the published H100 measurements; {@code
 * coterie bench profile} prints the errors on the other half and fits again. On other GPUs the same
 * shares are taken: an assumption.
 *
 * @param name lower case, as given on the command line
 * @param launchSeconds time of a kernel that has nothing to read
 * @param memoryShare bytes of weights a second while memory-bound, of the data sheet
 * @param precision of the products
 * @param computeShare operations a second while compute-bound, of the data sheet
 * @param roofline how reading and computing overlap
 * @param tileRows rows of an expert are computed in multiples of it
 * @param tileColumns columns of a block of the grid; blocks fewer than multiprocessors do not reach
 *     all of the memory's bandwidth. 0 if the kernel does not show this
 * @param shardColumns tensor shards are cut in multiples of so many intermediate columns; narrower
 *     ones are padded
 * @param activationPasses how often the activations of a row go through memory, of the least there
 *     is: 5 bytes a hidden and 10 an intermediate element
 * @param scanSecondsPerToken to walk through the routes of a token of the batch
 */
public record MoeKernel(
    String name,
    double launchSeconds,
    double memoryShare,
    Precision precision,
    double computeShare,
    Roofline roofline,
    int tileRows,
    int tileColumns,
    int shardColumns,
    double activationPasses,
    double scanSecondsPerToken)
    implements Serializable {

  /** The block of weights that shares a scale in DeepSeek-V3's fp8; tiles are parts of it. */
  private static final int SHARD_COLUMNS = 128;

  /** DeepEP low-latency dispatch and the masked fp8 kernel behind it; DeepSeek-V3's shape. */
  public static final MoeKernel DEEPEP_DECODE =
      new MoeKernel(
          "deepep-decode",
          21.2e-6,
          0.849,
          Precision.QUARTER,
          0.670,
          Roofline.ROUNDED,
          64,
          0,
          SHARD_COLUMNS,
          0.088,
          0);

  /**
   * DeepEP normal dispatch and the contiguous fp8 kernel behind it, its permutation of rows and the
   * time in which the host launches it all included; DeepSeek-V3's shape.
   */
  public static final MoeKernel DEEPEP_PREFILL =
      new MoeKernel(
          "deepep-prefill",
          318e-6,
          1.0,
          Precision.QUARTER,
          0.623,
          Roofline.ROUNDED,
          128,
          0,
          SHARD_COLUMNS,
          0.031,
          7.39e-9);

  /** Fused Triton kernel, bf16 weights; four shapes. */
  public static final MoeKernel FUSED_HALF =
      new MoeKernel(
          "fused-bf16",
          20.7e-6,
          1.0,
          Precision.HALF,
          0.250,
          Roofline.SUM,
          16,
          64,
          SHARD_COLUMNS,
          0,
          0);

  /** Fused Triton kernel, fp8 weights in blocks; four shapes. */
  public static final MoeKernel FUSED_QUARTER =
      new MoeKernel(
          "fused-fp8",
          26.3e-6,
          0.846,
          Precision.QUARTER,
          0.405,
          Roofline.ROUNDED,
          32,
          64,
          SHARD_COLUMNS,
          1.74,
          0);

  /** Fused kernel, 4-bit weights widened to 16 bits before the product; four shapes. */
  public static final MoeKernel FUSED_NIBBLE =
      new MoeKernel(
          "fused-int4",
          28.8e-6,
          0.915,
          Precision.HALF,
          0.308,
          Roofline.SUM,
          1,
          64,
          SHARD_COLUMNS,
          1.73,
          0);

  private static final List<MoeKernel> ALL =
      List.of(DEEPEP_DECODE, DEEPEP_PREFILL, FUSED_HALF, FUSED_QUARTER, FUSED_NIBBLE);

  public MoeKernel {
    boolean positive = memoryShare > 0 && computeShare > 0 && tileRows > 0 && shardColumns > 0;
    boolean sound =
        launchSeconds >= 0 && tileColumns >= 0 && activationPasses >= 0 && scanSecondsPerToken >= 0;
    if (!positive || !sound) {
      throw new IllegalArgumentException(
          "kernel '"
              + name
              + "': shares, tile rows and shard columns must be positive, the rest not negative");
    }
  }

  /**
   * The fused kernel for weights of a width: bf16 from 1.5 bytes, fp8 from 0.75, below it 4 bits,
   * scales included.
   */
  public static MoeKernel fusedFor(double bytesPerWeight) {
    if (bytesPerWeight >= 1.5) {
      return FUSED_HALF;
    }
    return bytesPerWeight >= 0.75 ? FUSED_QUARTER : FUSED_NIBBLE;
  }

  /**
   * The kernel of an expert that every token calls: a launch and no routes to walk through.
   * Assumed: three operations of 3 us, aiconfigurator's constant.
   */
  public MoeKernel dense() {
    return new MoeKernel(
        name + "-dense",
        9e-6,
        memoryShare,
        precision,
        computeShare,
        roofline,
        tileRows,
        tileColumns,
        shardColumns,
        activationPasses,
        0);
  }

  /** The preset of this name. */
  public static Optional<MoeKernel> find(String name) {
    return ALL.stream().filter(kernel -> kernel.name.equals(name)).findFirst();
  }

  /** All names. */
  public static List<String> names() {
    return ALL.stream().map(MoeKernel::name).toList();
  }
}
