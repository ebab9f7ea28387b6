package coterie.planner.algorithm;

import java.io.Serializable;

/**
 * What the other terms of a goal cost, each in distinct experts on the busiest GPU for one unit of
 * the term; 0 leaves it out.
 *
 * @param imbalance for each 1.0 of tokens on the busiest GPU over the mean, by even split
 * @param gpusPerToken for each distinct GPU that a token is sent to
 * @param nodesPerToken for each distinct node that a token is sent to
 * @param movedSlots for each slot whose expert is new to its GPU, against the current placement
 */
public record Prices(double imbalance, double gpusPerToken, double nodesPerToken, double movedSlots)
    implements Serializable {

  /** Distinct experts alone. */
  public static final Prices NONE = new Prices(0, 0, 0, 0);

  public Prices {
    check("imbalance", imbalance);
    check("distinct GPUs", gpusPerToken);
    check("distinct nodes", nodesPerToken);
    check("moved slots", movedSlots);
  }

  /** True if distinct GPUs or nodes have a price. */
  boolean weighTraffic() {
    return gpusPerToken + nodesPerToken > 0;
  }

  private static void check(String term, double price) {
    if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "price of %s is %s, must be at least 0".formatted(term, price));
    }
  }
}
