package coterie.jobs.calibrate;

import coterie.planner.profile.GpuSheet;
import coterie.planner.profile.LowLatencyTransfer;
import coterie.planner.profile.NormalTransfer;
import java.util.List;

/** Rows of DeepEP's dispatch and combine on one node of eight GPUs. */
final class TransferFormula {

  static final List<String> LOW_LATENCY_NAMES =
      List.of("launch us", "ns an expert", "ns an element", "NVLink share", "lane GB/s");

  static final List<String> NORMAL_NAMES =
      List.of("launch us", "ns an element", "SM us a token", "NVLink share", "GB/s an SM");

  private static final int GPUS = 8;

  private TransferFormula() {}

  static double[] constants(LowLatencyTransfer transfer) {
    return new double[] {
      transfer.launchSeconds() * 1e6,
      transfer.secondsPerExpert() * 1e9,
      transfer.secondsPerHidden() * 1e9,
      transfer.nvlinkShare(),
      transfer.laneBytesPerSecond() * 1e-9
    };
  }

  static double[] constants(NormalTransfer transfer) {
    return new double[] {
      transfer.launchSeconds() * 1e6,
      transfer.secondsPerHidden() * 1e9,
      transfer.tokenSeconds() * 1e6,
      transfer.nvlinkShare(),
      transfer.bytesPerSecondPerMultiprocessor() * 1e-9
    };
  }

  static Point lowLatency(LowLatencyTransfer preset, String column, MeasuredRow row) {
    var shape = Shape.of(row);
    double bytes = (double) shape.tokens * shape.topK * shape.hidden * preset.bytesPerElement();
    return shape.point(
        row.number(column),
        "",
        c ->
            new LowLatencyTransfer(
                    c[0] * 1e-6,
                    c[1] * 1e-9,
                    c[2] * 1e-9,
                    c[3],
                    c[4] * 1e9,
                    preset.bytesPerElement())
                .seconds(GpuSheet.H100, shape.hidden, shape.experts, shape.tokens, bytes, 0));
  }

  static Point normal(NormalTransfer preset, String column, String smColumn, MeasuredRow row) {
    var shape = Shape.of(row);
    int multiprocessors = row.whole(smColumn);
    double bytes = shape.tokens * shape.gpusOfToken() * shape.hidden * preset.bytesPerElement();
    return shape.point(
        row.number(column),
        ", %d SMs".formatted(multiprocessors),
        c ->
            new NormalTransfer(
                    c[0] * 1e-6,
                    c[1] * 1e-9,
                    c[2] * 1e-6,
                    c[3],
                    c[4] * 1e9,
                    multiprocessors,
                    preset.bytesPerElement())
                .seconds(GpuSheet.H100, shape.hidden, shape.experts, shape.tokens, bytes, 0));
  }

  private record Shape(int hidden, int tokens, int topK, int experts) {

    static Shape of(MeasuredRow row) {
      return new Shape(
          row.whole("hidden_size"),
          row.whole("num_token"),
          row.whole("num_topk"),
          row.whole("num_experts"));
    }

    /**
     * Expected GPUs that hold one of k experts drawn without replacement: {@code G (1 - C(E - E/G,
     * k) / C(E, k))}.
     */
    double gpusOfToken() {
      double missed = 1;
      for (int i = 0; i < topK; i++) {
        missed *= (double) (experts - experts / GPUS - i) / (experts - i);
      }
      return GPUS * (1 - missed);
    }

    Point point(double microseconds, String suffix, Point.Work work) {
      var group = "%d wide, top-%d of %d".formatted(hidden, topK, experts);
      return new Point(
          group, "uniform", tokens + " tokens" + suffix, "", microseconds * 1e-6, work);
    }
  }
}
