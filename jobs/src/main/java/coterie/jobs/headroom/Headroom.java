package coterie.jobs.headroom;

import java.util.Arrays;
import java.util.List;

/**
 * What there is to gain at one batch size, mean over layers; costs in expected distinct experts on
 * the busiest GPU.
 *
 * @param today with the placement in use
 * @param planned with a plan made from the same traces
 * @param certificate no placement is below
 * @param shardedExperts what a GPU reads with tensor-sharded experts
 * @param regainedLow 5th percentile of what the plan regains
 * @param regainedHigh its 95th percentile
 */
public record Headroom(
    int batch,
    double today,
    double planned,
    double certificate,
    double trivial,
    double shardedExperts,
    double regainedLow,
    double regainedHigh) {

  /** Is balancing worth switching on? */
  public enum Answer {
    YES,
    NO,
    UNCLEAR
  }

  /** The mean over the layers of one batch size. */
  public static Headroom overLayers(int batch, List<LayerHeadroom> all) {
    var layers = all.stream().filter(layer -> layer.batch == batch).toList();
    int n = layers.size();
    var regained = new double[Resampling.REPLICATES];
    for (var layer : layers) {
      for (int r = 0; r < regained.length; r++) {
        regained[r] += layer.regained[r] / n;
      }
    }
    Arrays.sort(regained);
    return new Headroom(
        batch,
        layers.stream().mapToDouble(layer -> layer.today).average().orElse(Double.NaN),
        layers.stream().mapToDouble(layer -> layer.planned).average().orElse(Double.NaN),
        layers.stream().mapToDouble(layer -> layer.certificate).average().orElse(Double.NaN),
        layers.stream().mapToDouble(layer -> layer.trivial).average().orElse(Double.NaN),
        layers.stream().mapToDouble(layer -> layer.shardedExperts).average().orElse(Double.NaN),
        regained[regained.length / 20],
        regained[regained.length - 1 - regained.length / 20]);
  }

  /**
   * Whether the saving is worth it.
   *
   * @param fixedExperts what a step takes before it reads anything, in expert reads
   * @param worthFraction saving of the time of the MoE layer that is worth it, in (0, 1)
   * @return yes if even the low end of the interval saves that much; no if the high end does not,
   *     or if the certificate proves that no placement can
   */
  public Answer answer(double fixedExperts, double worthFraction) {
    double needed = worthFraction * (fixedExperts + today);
    if (today - certificate < needed || regainedHigh < needed) {
      return Answer.NO;
    }
    return regainedLow >= needed ? Answer.YES : Answer.UNCLEAR;
  }
}
