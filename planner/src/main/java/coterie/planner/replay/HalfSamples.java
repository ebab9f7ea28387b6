package coterie.planner.replay;

import coterie.planner.model.SeededRandom;
import java.util.Arrays;

/**
 * Replicates for intervals over requests: each is a half of the requests, drawn without replacement
 * and in a drawn order.
 *
 * <p>The mean over such a half scatters around the mean over all as the mean over all scatters
 * around that of the source (variance S²/n for both: the half's S²/(n/2) times the 1/2 that is left
 * out; Politis, Romano, Wolf, "Subsampling", 1999, section 2). The usual bootstrap with replacement
 * would put a request beside itself into a step, whose union is then too small.
 */
public final class HalfSamples {

  private static final long HALVES = 400;

  private HalfSamples() {}

  /**
   * The requests of a replicate.
   *
   * @param requests how many there are
   * @return half of them, at least one, in a drawn order
   */
  public static int[] draw(int requests, long seed, int replicate) {
    var order = new int[requests];
    for (int i = 0; i < requests; i++) {
      order[i] = i;
    }
    SeededRandom.of(seed, HALVES, replicate).shuffle(order);
    return Arrays.copyOf(order, Math.max(1, requests / 2));
  }
}
