package coterie.jobs.export;

import coterie.ingest.error.UserError;
import coterie.ingest.table.ModelGeometry;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Placements made of what a plan file holds.
 *
 * <p>Engines accept an expert twice on one GPU, and their planners produce such twins; a {@link
 * Placement} does not. A twin is refused by name, or repaired where that is asked for: its slot
 * goes to the expert, among those that its GPU does not hold, with the fewest replicas, the first
 * of equals. The engine's slot held nothing of use, so that migration is then counted as if the
 * repaired expert were there: at most one slot too few for each repair.
 *
 * @param placements by hidden-layer id
 * @param repairs what was repaired, in order
 */
public record ImportedLayers(SortedMap<Integer, Placement> placements, List<Twin> repairs) {

  /** A second replica of an expert on one GPU. */
  public record Twin(int layer, int gpu, int expert) {

    @Override
    public String toString() {
      return "layer %d: GPU %d holds expert %d twice".formatted(layer, gpu, expert);
    }
  }

  public ImportedLayers {
    placements = new TreeMap<>(placements);
    repairs = List.copyOf(repairs);
  }

  /**
   * Checks what a file holds.
   *
   * @param name of the file
   * @param nodes over which the GPUs are spread
   * @param repairTwins true to repair twins, false to refuse them
   * @throws UserError naming the file, the layer and what is wrong in it
   */
  public static ImportedLayers of(
      String name, PlanFile file, ModelGeometry model, int nodes, boolean repairTwins) {
    var placements = new TreeMap<Integer, Placement>();
    var repairs = new ArrayList<Twin>();
    int gpus = file.layers().get(file.layers().firstKey()).size();
    for (var layer : file.layers().entrySet()) {
      var ranks = layer.getValue();
      if (ranks.size() != gpus) {
        throw broken(name, "layer %d has %d GPUs, not %d", layer.getKey(), ranks.size(), gpus);
      }
      var slots = ranks.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
      requireAll(name, layer.getKey(), slots, model.experts());
      var cluster = cluster(name, nodes, ranks);
      if (cluster.mostSlots() > model.experts()) {
        throw broken(
            name,
            "layer %d has %d slots on a GPU for %d experts",
            layer.getKey(),
            cluster.mostSlots(),
            model.experts());
      }
      repair(layer.getKey(), cluster, slots, model.experts(), repairs);
      if (!repairs.isEmpty() && !repairTwins) {
        throw UserError.data(
            "'%s', %s".formatted(name, repairs.get(0)),
            "a twin is a wasted slot; --repair-twins gives it to another expert and counts it");
      }
      placements.put(layer.getKey(), Placement.of(cluster, model.experts(), slots));
    }
    return new ImportedLayers(placements, repairs);
  }

  private static Cluster cluster(String name, int nodes, List<List<Integer>> ranks) {
    try {
      return Cluster.ofSlots(nodes, ranks.stream().mapToInt(List::size).toArray());
    } catch (IllegalArgumentException impossible) {
      throw broken(name, "%s", impossible.getMessage());
    }
  }

  private static void requireAll(String name, int layer, int[] slots, int experts) {
    var copies = copies(slots, experts);
    for (int expert = 0; expert < experts; expert++) {
      if (copies[expert] == 0) {
        throw broken(name, "layer %d has no slot for expert %d", layer, expert);
      }
    }
  }

  private static int[] copies(int[] slots, int experts) {
    var copies = new int[experts];
    for (int expert : slots) {
      copies[expert]++;
    }
    return copies;
  }

  private static void repair(
      int layer, Cluster cluster, int[] slots, int experts, List<Twin> repairs) {
    var copies = copies(slots, experts);
    for (int slot = 0; slot < slots.length; slot++) {
      int gpu = cluster.gpuOf(slot);
      int twin = slots[slot];
      if (holds(slots, cluster.firstSlot(gpu), slot, twin)) {
        repairs.add(new Twin(layer, gpu, twin));
        slots[slot] = rarestAbsent(slots, cluster, gpu, copies);
        copies[twin]--;
        copies[slots[slot]]++;
      }
    }
  }

  private static boolean holds(int[] slots, int from, int to, int expert) {
    for (int slot = from; slot < to; slot++) {
      if (slots[slot] == expert) {
        return true;
      }
    }
    return false;
  }

  private static int rarestAbsent(int[] slots, Cluster cluster, int gpu, int[] copies) {
    int rarest = -1;
    for (int expert = 0; expert < copies.length; expert++) {
      boolean absent = !holds(slots, cluster.firstSlot(gpu), cluster.firstSlot(gpu + 1), expert);
      if (absent && (rarest < 0 || copies[expert] < copies[rarest])) {
        rarest = expert;
      }
    }
    return rarest;
  }

  private static UserError broken(String name, String what, Object... values) {
    return UserError.data(
        "'%s': %s".formatted(name, what.formatted(values)),
        "no engine can serve it; was it made for this model, and is --gpus right?");
  }
}
