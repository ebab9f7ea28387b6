package coterie.jobs.calibrate;

import coterie.planner.profile.AttentionCost;
import java.util.List;

/** Rows of MLA in decode; a group is a batch size. */
final class AttentionFormula {

  static final List<String> NAMES =
      List.of(
          "launch us",
          "weights us",
          "us a token",
          "ns a cached position",
          "ns a position of the longest");

  private AttentionFormula() {}

  static double[] constants(AttentionCost cost) {
    return new double[] {
      cost.launchSeconds() * 1e6,
      cost.weightsSeconds() * 1e6,
      cost.secondsPerToken() * 1e6,
      cost.secondsPerContext() * 1e9,
      cost.secondsPerPosition() * 1e9
    };
  }

  static Point mla(MeasuredRow row) {
    int batch = row.whole("batch_size");
    int context = row.whole("isl");
    return new Point(
        "batch %4d".formatted(batch),
        "uniform",
        context + " positions",
        "",
        row.number("latency") * 1e-3,
        c ->
            new AttentionCost(true, c[0] * 1e-6, c[1] * 1e-6, c[2] * 1e-6, c[3] * 1e-9, c[4] * 1e-9)
                .seconds(batch, (double) batch * context, context));
  }
}
