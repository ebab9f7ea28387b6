package coterie.jobs.export;

import static coterie.ingest.container.MalformedException.unless;

import coterie.ingest.container.MalformedException;
import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Slot tables as most engines write them: a row for each layer, in it the expert of each slot, GPU
 * by GPU in blocks of the same size.
 */
final class SlotRows {

  private SlotRows() {}

  /** {@code [MoE layers][slots]}. */
  static List<List<Integer>> ofMoeLayers(Plan plan, ModelGeometry model) {
    return model.moeLayers().stream().map(layer -> slots(placement(plan, layer))).toList();
  }

  /**
   * {@code [hidden layers][slots]}. Rows of dense layers are never used, but must name every
   * expert: slot i holds {@code i mod experts} there.
   */
  static List<List<Integer>> ofHiddenLayers(Plan plan, ModelGeometry model) {
    var moe = model.moeLayers();
    var dense =
        IntStream.range(0, slotsOf(plan, model)).map(slot -> slot % model.experts()).boxed();
    var denseRow = dense.toList();
    return IntStream.range(0, model.hiddenLayers())
        .mapToObj(layer -> moe.contains(layer) ? slots(placement(plan, layer)) : denseRow)
        .toList();
  }

  /** Slots of every layer, once {@link #requireEven} has passed. */
  static int slotsOf(Plan plan, ModelGeometry model) {
    return placement(plan, model.moeLayers().get(0)).cluster().slots();
  }

  /** GPUs of every layer. */
  static int gpusOf(Plan plan, ModelGeometry model) {
    return placement(plan, model.moeLayers().get(0)).cluster().gpus();
  }

  static Placement placement(Plan plan, int layer) {
    var placement = plan.layers().get(layer);
    if (placement == null) {
      throw UserError.data(
          "plan '%s' has no layer %d, which is a MoE layer of its model"
              .formatted(plan.header().name(), layer),
          "plan it on data that covers every layer");
    }
    return placement;
  }

  private static List<Integer> slots(Placement placement) {
    return IntStream.of(placement.toArray()).boxed().toList();
  }

  /**
   * Refuses plans whose GPUs or layers have different numbers of slots.
   *
   * @throws UserError naming the plan and the layer
   */
  static void requireEven(Plan plan, ModelGeometry model, String format) {
    int slots = slotsOf(plan, model);
    for (int layer : model.moeLayers()) {
      var cluster = placement(plan, layer).cluster();
      if (!cluster.even() || cluster.slots() != slots) {
        throw UserError.usage(
            "plan '%s' has %s in layer %d; %s files need the same number in every GPU and layer"
                .formatted(plan.header().name(), cluster, layer, format),
            "--format coterie holds any plan");
      }
    }
  }

  /** Reads rows of MoE layers. */
  static PlanFile readMoeLayers(List<List<Integer>> rows, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    requireLayers(rows.size(), model.moeLayers().size(), "MoE", model);
    return read(rows, model.moeLayers(), gpus, model);
  }

  /** Reads rows of all hidden layers; those of dense layers are passed over. */
  static PlanFile readHiddenLayers(List<List<Integer>> rows, ModelGeometry model, OptionalInt gpus)
      throws MalformedException {
    requireLayers(rows.size(), model.hiddenLayers(), "hidden", model);
    return read(model.moeLayers().stream().map(rows::get).toList(), model.moeLayers(), gpus, model);
  }

  static void requireLayers(int found, int wanted, String kind, ModelGeometry model)
      throws MalformedException {
    unless(
        found == wanted,
        "has %d layers, model %s has %d %s layers",
        found,
        model.name(),
        wanted,
        kind);
  }

  private static PlanFile read(
      List<List<Integer>> rows, List<Integer> layers, OptionalInt gpus, ModelGeometry model)
      throws MalformedException {
    int count =
        gpus.orElseThrow(
            () ->
                UserError.usage(
                    "the file does not say how many GPUs its slots are on", "give --gpus G"));
    SortedMap<Integer, List<List<Integer>>> byLayer = new TreeMap<>();
    for (int i = 0; i < layers.size(); i++) {
      var row = rows.get(i);
      int layer = layers.get(i);
      unless(
          row.size() == rows.get(0).size(),
          "layer %d has %d slots, layer %d has %d",
          layer,
          row.size(),
          layers.get(0),
          rows.get(0).size());
      unless(
          !row.isEmpty() && row.size() % count == 0,
          "layer %d has %d slots, which do not divide over %d GPUs",
          layer,
          row.size(),
          count);
      requireIds(row, layer, model);
      byLayer.put(layer, blocks(row, row.size() / count));
    }
    return PlanFile.of(byLayer);
  }

  static void requireIds(List<Integer> slots, int layer, ModelGeometry model)
      throws MalformedException {
    for (int expert : slots) {
      unless(
          expert >= 0 && expert < model.experts(),
          "layer %d holds expert %d, model %s has experts 0 to %d",
          layer,
          expert,
          model.name(),
          model.experts() - 1);
    }
  }

  private static List<List<Integer>> blocks(List<Integer> row, int size) {
    var blocks = new ArrayList<List<Integer>>();
    for (int from = 0; from < row.size(); from += size) {
      blocks.add(List.copyOf(row.subList(from, from + size)));
    }
    return blocks;
  }
}
