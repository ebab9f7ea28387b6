package coterie.planner.align;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.ArrayList;
import java.util.List;

/**
 * Renames the GPUs of each layer so that as many tokens as possible find their next expert on the
 * GPU where they are.
 *
 * <p>The aim is ExFlow's (arXiv 2401.08383) and MoETuner's second ILP (arXiv 2502.06643). Whole
 * GPUs change their names, and nodes as a whole, so nothing inside a layer changes: neither its
 * union cost nor its balance nor its distinct GPUs and nodes. What two neighbours share depends on
 * the one renaming against the other only, so aligning each layer with the one before, in order, is
 * optimal for the chain and not only greedy. One {@link Assignment} for each pair of nodes, one
 * over the nodes: {@code O(GPUs^3)} a layer. GPUs of different numbers of slots do not change
 * places.
 */
public final class GpuAlignment {

  private GpuAlignment() {}

  /**
   * Aligns a chain of layers.
   *
   * @param layers placements of consecutive MoE layers on clusters of the same nodes and GPUs
   * @param transitions from each layer to the next; one fewer than layers
   * @return the same placements, GPUs of all but the first renamed
   */
  public static List<Placement> align(List<Placement> layers, List<Transitions> transitions) {
    if (transitions.size() != layers.size() - 1) {
      throw new IllegalArgumentException(
          "%d transitions between %d layers".formatted(transitions.size(), layers.size()));
    }
    var aligned = new ArrayList<Placement>();
    aligned.add(layers.get(0));
    for (int i = 1; i < layers.size(); i++) {
      var before = aligned.get(i - 1);
      var together = transitions.get(i - 1).betweenGpus(before, layers.get(i));
      aligned.add(rename(layers.get(i), places(layers.get(i).cluster(), together)));
    }
    return List.copyOf(aligned);
  }

  /** The new GPU of each GPU, the tokens that stay being most. */
  private static int[] places(Cluster cluster, double[][] together) {
    int nodes = cluster.nodes();
    int size = cluster.gpusPerNode();
    var within = new int[nodes][nodes][];
    var cost = new double[nodes][nodes];
    for (int node = 0; node < nodes; node++) {
      for (int place = 0; place < nodes; place++) {
        var costs = costs(cluster, together, node * size, place * size);
        within[node][place] = Assignment.cheapest(costs);
        for (int gpu = 0; gpu < size; gpu++) {
          cost[node][place] += costs[gpu][within[node][place][gpu]];
        }
      }
    }
    var placeOfNode = Assignment.cheapest(cost);
    var places = new int[cluster.gpus()];
    for (int gpu = 0; gpu < places.length; gpu++) {
      int node = gpu / size;
      int place = placeOfNode[node];
      places[gpu] = place * size + within[node][place][gpu % size];
    }
    return places;
  }

  /** {@code [gpu of the node][place on the other]} minus the pairs that would stay. */
  private static double[][] costs(Cluster cluster, double[][] together, int from, int to) {
    int size = cluster.gpusPerNode();
    double all = 1;
    for (var row : together) {
      for (double pairs : row) {
        all += pairs;
      }
    }
    var costs = new double[size][size];
    for (int gpu = 0; gpu < size; gpu++) {
      for (int place = 0; place < size; place++) {
        boolean fits = cluster.slotsOf(from + gpu) == cluster.slotsOf(to + place);
        // Dearer than anything that fits could gain; some assignment always fits.
        costs[gpu][place] = fits ? -together[to + place][from + gpu] : all;
      }
    }
    return costs;
  }

  private static Placement rename(Placement layer, int[] places) {
    var cluster = layer.cluster();
    var slots = new int[cluster.slots()];
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      for (int i = 0; i < cluster.slotsOf(gpu); i++) {
        slots[cluster.firstSlot(places[gpu]) + i] = layer.expertAt(cluster.firstSlot(gpu) + i);
      }
    }
    return Placement.of(cluster, layer.experts(), slots);
  }
}
