package coterie.planner.algorithm;

import coterie.planner.model.TokenSets;

/**
 * What one data set, or one workload, called in a layer.
 *
 * @param name for messages
 * @param share weight of the data set in the goal, above 0; only the ratio of shares matters, not
 *     how many tokens each data set happens to hold
 */
public record WeightedTokens(String name, TokenSets tokens, double share) {

  public WeightedTokens {
    if (!(share > 0 && share < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "data set %s has share %s, must be positive".formatted(name, share));
    }
  }
}
