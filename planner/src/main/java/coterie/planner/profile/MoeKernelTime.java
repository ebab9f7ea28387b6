package coterie.planner.profile;

/**
 * The time of a kernel on a GPU for experts of a shape.
 *
 * <p>Two products follow one another, hidden to twice the intermediate width and back. Each takes
 * {@code roofline(bytes / bandwidth, padded rows * operations / flops)}; around them the launch,
 * the activations and the scan. Where the blocks of a product (tiles of its rows times tiles of its
 * columns) are fewer than the multiprocessors, its weights arrive at that share of the bandwidth.
 */
public final class MoeKernelTime {

  private final MoeKernel kernel;
  private final Product up;
  private final Product down;
  private final double secondsPerRow;

  public MoeKernelTime(MoeKernel kernel, GpuSheet gpu, ExpertShape shape) {
    this.kernel = kernel;
    up = new Product(kernel, gpu, shape, shape.hidden(), 2 * shape.intermediate());
    down = new Product(kernel, gpu, shape, shape.intermediate(), shape.hidden());
    double activationBytes = 5.0 * shape.hidden() + 10.0 * shape.intermediate();
    secondsPerRow = activationBytes * kernel.activationPasses() / gpu.memoryBytesPerSecond();
  }

  public MoeKernel kernel() {
    return kernel;
  }

  /** Rows that take as long to compute as one copy takes to read, both at full speed. */
  public double rowsPerCopy() {
    return (up.secondsPerCopy + down.secondsPerCopy) / (up.secondsPerRow + down.secondsPerRow);
  }

  /** Seconds for all of the work. */
  public double seconds(MoeWork work) {
    return seconds(work.copies(), work.rows(), work.paddedRows(), work.scannedTokens());
  }

  /** Seconds for all of the work, whose parts are those of {@link MoeWork}. */
  public double seconds(int copies, long rows, long paddedRows, long scannedTokens) {
    double products = up.seconds(copies, paddedRows) + down.seconds(copies, paddedRows);
    return kernel.launchSeconds()
        + products
        + rows * secondsPerRow
        + scannedTokens * kernel.scanSecondsPerToken();
  }

  /** Of {@link #seconds}: the launch and the weights by themselves, as if computing were free. */
  public double weightsSeconds(int copies, long paddedRows) {
    return kernel.launchSeconds()
        + up.weightsSeconds(copies, paddedRows)
        + down.weightsSeconds(copies, paddedRows);
  }

  /** One matrix product of the two. */
  private static final class Product {

    private final Roofline roofline;
    private final double secondsPerCopy;
    private final double secondsPerRow;

    /** Share of the multiprocessors that one row of tiles fills. */
    private final double fillPerTile;

    private final int tileRows;

    Product(MoeKernel kernel, GpuSheet gpu, ExpertShape shape, int inner, int columns) {
      roofline = kernel.roofline();
      tileRows = kernel.tileRows();
      double weights = (double) inner * columns;
      secondsPerCopy =
          weights * shape.bytesPerWeight() / (kernel.memoryShare() * gpu.memoryBytesPerSecond());
      secondsPerRow = 2 * weights / (kernel.computeShare() * gpu.flops(kernel.precision()));
      double blocks =
          kernel.tileColumns() == 0 ? Double.MAX_VALUE : (double) columns / kernel.tileColumns();
      fillPerTile = blocks / gpu.multiprocessors();
    }

    double weightsSeconds(int copies, long paddedRows) {
      double fill = Math.min(1, fillPerTile * Math.max(copies, paddedRows / tileRows));
      return copies == 0 ? 0 : copies * secondsPerCopy / fill;
    }

    double seconds(int copies, long paddedRows) {
      return roofline.of(weightsSeconds(copies, paddedRows), paddedRows * secondsPerRow);
    }
  }
}
