package coterie.jobs.calibrate;

import coterie.planner.profile.ExpertShape;
import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.MoeKernel;
import coterie.planner.profile.MoeKernelTime;
import coterie.planner.profile.MoeWork;
import java.util.List;

/**
 * Rows of MoE kernels: what the measured rank had to do, told from how the collector of
 * ai-dynamo/aiconfigurator draws its routing.
 *
 * <ul>
 *   <li>Decode: {@code num_tokens} of the whole batch call experts evenly, so {@code tokens * k /
 *       EP} pairs meet the rank, each a different local expert until all are active.
 *   <li>Prefill: the rank's pairs come in blocks of 128, one expert a block.
 *   <li>Fused: tokens with no expert on the first rank are left out, and the kernel is given all k
 *       pairs of those that stay; pairs of experts elsewhere compute but bring no weights. This is
 *       how the times read (EP1 to EP8 cost the same at top-8, and half of it for each doubling
 *       behind) and how the collector's options are named; its code was not run.
 * </ul>
 */
final class MoeFormula {

  static final List<String> NAMES =
      List.of("launch us", "memory share", "compute share", "activation passes", "scan ns a token");

  private static final int PREFILL_BLOCK = 128;

  private MoeFormula() {}

  static double[] constants(MoeKernel kernel) {
    return new double[] {
      kernel.launchSeconds() * 1e6,
      kernel.memoryShare(),
      kernel.computeShare(),
      kernel.activationPasses(),
      kernel.scanSecondsPerToken() * 1e9
    };
  }

  private static MoeKernel with(MoeKernel kernel, double[] constants) {
    return new MoeKernel(
        kernel.name(),
        constants[0] * 1e-6,
        constants[1],
        kernel.precision(),
        constants[2],
        kernel.roofline(),
        kernel.tileRows(),
        kernel.tileColumns(),
        kernel.shardColumns(),
        constants[3],
        constants[4] * 1e-9);
  }

  static Point decode(MoeKernel kernel, MeasuredRow row) {
    var shape = Shape.of(row, 1);
    return shape.point(kernel, RankLoad.decode(shape.routing));
  }

  static Point prefill(MoeKernel kernel, MeasuredRow row) {
    var shape = Shape.of(row, 1);
    return shape.point(kernel, RankLoad.prefill(shape.routing, PREFILL_BLOCK));
  }

  static Point fused(MoeKernel kernel, double bytesPerWeight, MeasuredRow row) {
    var shape = Shape.of(row, bytesPerWeight);
    return shape.point(kernel, RankLoad.fused(shape.routing));
  }

  /** What the fields of a row say. */
  private record Shape(MeasuredRow row, ExpertShape expert, RankLoad.Routing routing) {

    static Shape of(MeasuredRow row, double bytesPerWeight) {
      var expert =
          new ExpertShape(row.whole("hidden_size"), row.whole("inter_size"), bytesPerWeight);
      var routing =
          new RankLoad.Routing(
              row.whole("num_tokens"),
              row.whole("topk"),
              row.whole("num_experts"),
              row.whole("moe_ep_size"),
              row.text("distribution"));
      return new Shape(row, expert, routing);
    }

    Point point(MoeKernel kernel, RankLoad load) {
      var group =
          "%d x %d %s EP%d"
              .formatted(
                  expert.hidden(), expert.intermediate(), row.text("moe_dtype"), routing.ranks());
      var works = load.works(kernel.tileRows());
      return new Point(
          group,
          routing.distribution(),
          routing.tokens() + " tokens",
          load.text(),
          row.number("latency") * 1e-3,
          constants -> {
            var time = new MoeKernelTime(with(kernel, constants), GpuSheet.H100, expert);
            double seconds = 0;
            for (MoeWork work : works) {
              seconds += time.seconds(work) / works.size();
            }
            return seconds;
          });
    }
  }
}
