package coterie.planner.algorithm;

import java.io.Serializable;
import java.util.List;

/**
 * A batch size that will be served.
 *
 * @param tokens a step, at least 1
 * @param share weight of its steps in the cost, above 0; only the ratio of shares matters
 */
public record BatchShare(int tokens, double share) implements Serializable {

  public BatchShare {
    if (tokens < 1 || !(share > 0 && share < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "batch of %d tokens with share %s: both must be positive".formatted(tokens, share));
    }
  }

  /** Batch sizes that count alike. */
  public static List<BatchShare> alike(List<Integer> batches) {
    return batches.stream().map(tokens -> new BatchShare(tokens, 1)).toList();
  }
}
