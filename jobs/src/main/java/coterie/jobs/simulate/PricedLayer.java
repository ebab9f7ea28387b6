package coterie.jobs.simulate;

import coterie.planner.replay.LoopTotals;
import java.io.Serializable;

/** Times of one layer, or of several added up, in one scenario; whole numbers throughout. */
final class PricedLayer implements Serializable {

  private static final long serialVersionUID = 1;

  /** {@code [step]} */
  final long[] stepNanos;

  /** {@code [replicate]} nanoseconds of its steps, each times its decoded tokens. */
  final long[] replicateSums;

  final LoopTotals totals = new LoopTotals();

  PricedLayer(int steps, int replicates) {
    stepNanos = new long[steps];
    replicateSums = new long[replicates];
  }

  /** Adds other layers. */
  PricedLayer add(PricedLayer other) {
    addAll(stepNanos, other.stepNanos);
    addAll(replicateSums, other.replicateSums);
    totals.add(other.totals);
    return this;
  }

  private static void addAll(long[] to, long[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.addExact(to[i], from[i]);
    }
  }
}
