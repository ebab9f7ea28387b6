package coterie.planner.align;

import java.util.Arrays;

/**
 * Shares spare slots out to layers: they need not be as many in every layer where the engine
 * allows.
 *
 * <p>CRAFT (arXiv 2603.28768) gives each layer by its marginal benefit. Curves are measured, so
 * they need not be convex: {@link #greedy} goes by the steepest mean fall to any number of slots
 * that is still affordable, which on convex curves is the optimum; {@link #exact} is the optimum by
 * dynamic programming, {@code O(layers * budget * longest curve)}.
 */
public final class SlotBudget {

  private SlotBudget() {}

  /**
   * Shares out by marginal gain.
   *
   * @param cost {@code [layers][spares + 1]} measured cost of each layer with 0, 1, .. spare slots
   *     (or units of them); not every layer's curve is as long
   * @param budget spares of all layers together at most
   * @return {@code [layers]} spares of each layer
   */
  public static int[] greedy(double[][] cost, int budget) {
    var spares = new int[cost.length];
    int left = budget;
    while (true) {
      int layer = -1;
      int to = 0;
      double steepest = 0;
      for (int l = 0; l < cost.length; l++) {
        int most = Math.min(cost[l].length - 1, spares[l] + left);
        for (int more = spares[l] + 1; more <= most; more++) {
          double fall = (cost[l][spares[l]] - cost[l][more]) / (more - spares[l]);
          if (fall > steepest) {
            steepest = fall;
            layer = l;
            to = more;
          }
        }
      }
      if (layer < 0) {
        return spares;
      }
      left -= to - spares[layer];
      spares[layer] = to;
    }
  }

  /** The shares of least total cost; of equal ones, fewest spares in the later layers. */
  public static int[] exact(double[][] cost, int budget) {
    var least = new double[cost.length + 1][budget + 1];
    var choice = new int[cost.length][budget + 1];
    for (int layer = 0; layer < cost.length; layer++) {
      Arrays.fill(least[layer + 1], Double.POSITIVE_INFINITY);
      for (int upTo = 0; upTo <= budget; upTo++) {
        for (int spares = 0; spares <= Math.min(upTo, cost[layer].length - 1); spares++) {
          double total = least[layer][upTo - spares] + cost[layer][spares];
          if (total < least[layer + 1][upTo]) {
            least[layer + 1][upTo] = total;
            choice[layer][upTo] = spares;
          }
        }
      }
    }
    var result = new int[cost.length];
    int left = budget;
    for (int layer = cost.length - 1; layer >= 0; layer--) {
      result[layer] = choice[layer][left];
      left -= result[layer];
    }
    return result;
  }
}
