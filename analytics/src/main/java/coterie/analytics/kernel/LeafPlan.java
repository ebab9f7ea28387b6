package coterie.analytics.kernel;

import coterie.ingest.table.ModelGeometry;
import java.io.Serializable;

/**
 * What is known of a leaf before its blocks are counted.
 *
 * @param model the shape of its blocks
 * @param tokens tokens it has in all
 * @param inclusion chance of each token to be in the sample of {@code expert_set}
 * @param named true if every block has a request id
 * @param windows its token windows
 */
public record LeafPlan(
    ModelGeometry model, long tokens, double inclusion, boolean named, TokenWindows windows)
    implements Serializable {

  /** A leaf of named requests that is one window. */
  public LeafPlan(ModelGeometry model, long tokens, double inclusion) {
    this(model, tokens, inclusion, true, TokenWindows.ONE);
  }
}
