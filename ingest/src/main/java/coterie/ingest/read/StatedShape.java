package coterie.ingest.read;

import java.io.Serializable;
import java.util.List;

/**
 * What a trace says about the model's shape. Each part is null where it says nothing.
 *
 * @param moeLayers hidden-layer ids of the MoE layers
 * @param experts routed experts a layer
 * @param topK experts a token activates
 */
public record StatedShape(List<Integer> moeLayers, Integer experts, Integer topK)
    implements Serializable {

  /** A trace that says nothing. */
  public static final StatedShape NONE = new StatedShape(null, null, null);

  public StatedShape {
    moeLayers = moeLayers == null ? null : List.copyOf(moeLayers);
  }

  /** True if a model can be made of it. */
  public boolean complete() {
    return moeLayers != null && !moeLayers.isEmpty() && experts != null && topK != null;
  }
}
