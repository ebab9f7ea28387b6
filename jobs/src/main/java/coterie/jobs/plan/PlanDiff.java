package coterie.jobs.plan;

import coterie.ingest.error.UserError;
import coterie.planner.model.PlacementDiff;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * What has to be copied to turn one plan into another.
 *
 * @param from name of the plan in use
 * @param to name of the plan that shall replace it
 * @param gpus of both
 * @param slots of the new plan, over all layers
 * @param layers by hidden-layer id
 */
public record PlanDiff(
    String from, String to, int gpus, int slots, SortedMap<Integer, PlacementDiff> layers) {

  public PlanDiff {
    layers = new TreeMap<>(layers);
  }

  /**
   * Compares.
   *
   * @throws UserError if the plans are of different models, GPUs or layers
   */
  public static PlanDiff of(Plan from, Plan to) {
    var old = from.header();
    var next = to.header();
    requireEqual(from, to, "model", old.model(), next.model());
    requireEqual(from, to, "revision", old.revision(), next.revision());
    requireEqual(from, to, "number of GPUs", old.cluster().gpus(), next.cluster().gpus());
    requireEqual(from, to, "layers", from.layers().keySet(), to.layers().keySet());
    var layers = new TreeMap<Integer, PlacementDiff>();
    int slots = 0;
    for (var layer : to.layers().entrySet()) {
      layers.put(
          layer.getKey(), PlacementDiff.of(from.layers().get(layer.getKey()), layer.getValue()));
      slots += layer.getValue().cluster().slots();
    }
    return new PlanDiff(old.name(), next.name(), next.cluster().gpus(), slots, layers);
  }

  private static void requireEqual(Plan from, Plan to, String what, Object old, Object other) {
    if (!old.equals(other)) {
      throw UserError.usage(
          "plan '%s' has %s %s, plan '%s' %s"
              .formatted(from.header().name(), what, old, to.header().name(), other),
          "only plans of one model on as many GPUs can follow each other");
    }
  }

  /** Slots whose expert is new to their GPU, over all layers. */
  public int moved() {
    return sum(PlacementDiff::moved);
  }

  /** Slots of one GPU whose expert is new to it, over all layers. */
  public int moved(int gpu) {
    return sum(layer -> layer.moved(gpu));
  }

  public int replicasGained() {
    return sum(PlacementDiff::replicasGained);
  }

  public int replicasLost() {
    return sum(PlacementDiff::replicasLost);
  }

  private int sum(ToIntFunction<PlacementDiff> count) {
    return layers.values().stream().mapToInt(count).sum();
  }
}
