package coterie.jobs.simulate;

import coterie.planner.model.Placement;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * A layout of experts that is replayed: a plan, or experts in tensor shards.
 *
 * @param name of the plan, or {@code TP8}, {@code TP4 x EP2}
 * @param planner that made it; {@code tensor} for shards
 * @param gpus of one group
 * @param slotsPerGpu most slots of a GPU; 0 where experts are sharded
 * @param shards GPUs that share each expert; 1 for whole experts
 * @param layers placement by hidden-layer id, on {@code gpus / shards} hosts
 */
public record Contender(
    String name,
    String planner,
    int gpus,
    int slotsPerGpu,
    int shards,
    Map<Integer, Placement> layers)
    implements Serializable {

  /** The planner of layouts in tensor shards. */
  public static final String TENSOR = "tensor";

  public Contender {
    layers = new TreeMap<>(layers);
  }

  /** True if experts are cut into shards. */
  public boolean sharded() {
    return shards > 1;
  }

  /** True if no expert has a second copy anywhere, so that routers have no choice. */
  public boolean singleCopies() {
    return layers.values().stream().allMatch(p -> p.cluster().slots() == p.experts());
  }
}
