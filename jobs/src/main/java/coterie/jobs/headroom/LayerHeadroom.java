package coterie.jobs.headroom;

import java.io.Serializable;

/**
 * One layer at one batch size. A final class because of its array.
 *
 * <p>Costs are expected distinct experts on the busiest GPU under exact routing, all on the same
 * steps; {@code shardedExperts} is {@code E[n / G]}, what a GPU reads where every expert is sharded
 * over all GPUs.
 */
public final class LayerHeadroom implements Serializable {

  private static final long serialVersionUID = 1;

  final int batch;
  final double today;
  final double planned;
  final double certificate;
  final double trivial;
  final double shardedExperts;

  /** {@code [replicate]} today's cost less the plan's, on resampled steps. */
  final double[] regained;

  LayerHeadroom(
      int batch,
      double today,
      double planned,
      double certificate,
      double trivial,
      double shardedExperts,
      double[] regained) {
    this.batch = batch;
    this.today = today;
    this.planned = planned;
    this.certificate = certificate;
    this.trivial = trivial;
    this.shardedExperts = shardedExperts;
    this.regained = regained;
  }
}
