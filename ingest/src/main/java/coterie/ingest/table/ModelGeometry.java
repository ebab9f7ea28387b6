package coterie.ingest.table;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The shape of a model, as far as the placement of its experts needs it.
 *
 * @param name as given at ingest, lower case by custom
 * @param revision of the weights; statistics of different revisions are never mixed
 * @param hiddenLayers decoder layers, dense ones included
 * @param moeLayers hidden-layer ids of the MoE layers, ascending
 * @param experts routed experts of each MoE layer
 * @param topK routed experts that a token activates in a layer
 * @param sharedExperts experts that every token activates besides
 * @param expertSize what one routed expert weighs; null if unknown, see {@link #size()}
 * @param expertGroups groups of a group-limited router, 1 if it has none
 */
public record ModelGeometry(
    String name,
    String revision,
    int hiddenLayers,
    List<Integer> moeLayers,
    int experts,
    int topK,
    int sharedExperts,
    ExpertSize expertSize,
    int expertGroups)
    implements Serializable {

  /** Most experts of a layer: ids must fit 16 bits, and 65,535 marks an absent one. */
  public static final int MAX_EXPERTS = 32_767;

  /**
   * What one routed expert weighs.
   *
   * @param hidden width of the model
   * @param intermediate width of the expert
   * @param bytesPerWeight scales included
   */
  public record ExpertSize(int hidden, int intermediate, double bytesPerWeight)
      implements Serializable {}

  public ModelGeometry {
    moeLayers = List.copyOf(moeLayers);
    check(experts >= 1 && experts <= MAX_EXPERTS, "experts", experts);
    check(topK >= 1 && topK <= experts, "top_k", topK);
    check(hiddenLayers >= 1, "hidden_layers", hiddenLayers);
    check(expertGroups >= 1, "expert_groups", expertGroups);
    check(sharedExperts >= 0, "shared_experts", sharedExperts);
    check(!moeLayers.isEmpty() && ascendsBelow(moeLayers, hiddenLayers), "moe_layers", moeLayers);
  }

  private static void check(boolean holds, String field, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(field + " is " + value + ", which cannot be");
    }
  }

  private static boolean ascendsBelow(List<Integer> layers, int limit) {
    return layers.get(0) >= 0
        && layers.get(layers.size() - 1) < limit
        && IntStream.range(1, layers.size()).allMatch(i -> layers.get(i - 1) < layers.get(i));
  }

  /** What one routed expert weighs; empty if unknown, then times cannot be modelled. */
  public Optional<ExpertSize> size() {
    return Optional.ofNullable(expertSize);
  }

  /** The layers {@code [first, hiddenLayers)}, as in models whose first layers are dense. */
  public static List<Integer> layersFrom(int first, int hiddenLayers) {
    return IntStream.range(first, hiddenLayers).boxed().toList();
  }

  /** The same shape under another name and revision. */
  public ModelGeometry named(String newName, String newRevision) {
    return new ModelGeometry(
        newName,
        newRevision,
        hiddenLayers,
        moeLayers,
        experts,
        topK,
        sharedExperts,
        expertSize,
        expertGroups);
  }
}
