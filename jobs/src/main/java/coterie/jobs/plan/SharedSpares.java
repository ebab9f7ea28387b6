package coterie.jobs.plan;

import coterie.planner.algorithm.RuleSearch;
import coterie.planner.align.SlotBudget;
import coterie.planner.model.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Spare slots shared out to layers, as many on every GPU of a layer, by what they bring there.
 *
 * <p>Every layer is planned with none, one, .. of them on each GPU; the plans are priced on steps
 * that they were not searched on, and {@link SlotBudget#exact} picks. Takes as many plans as there
 * are numbers of slots.
 */
public final class SharedSpares {

  private SharedSpares() {}

  /**
   * A plan whose layers have slots of their own.
   *
   * @param spares {@code [layer]} spare slots of each GPU
   */
  public record Shared(List<PlannedLayer> layers, List<Integer> spares) {

    public Shared {
      layers = List.copyOf(layers);
      spares = List.copyOf(spares);
    }

    /** How many layers have how many spares, fewest first. */
    public String text() {
      return spares.stream()
          .collect(Collectors.groupingBy(s -> s, Collectors.counting()))
          .entrySet()
          .stream()
          .sorted(Comparator.comparing(entry -> entry.getKey()))
          .map(entry -> "%d each in %d layers".formatted(entry.getKey(), entry.getValue()))
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * Plans with every number of spares up to the request's and shares them out.
   *
   * @param request of GPUs with as many slots each, the most that a layer may have
   * @param budget spare slots of a GPU, all layers together
   */
  public static Shared plan(PlanJob job, PlanRequest request, int budget) {
    int experts = request.data().model().experts();
    int fewest = RuleSearch.withoutSpares(request.cluster(), experts).slotsPerGpu();
    int most = request.cluster().slotsPerGpu();
    var bySpares =
        IntStream.rangeClosed(fewest, most)
            .mapToObj(slots -> job.run(request.withCluster(even(request.cluster(), slots))))
            .toList();
    int layers = bySpares.get(0).size();
    var cost = new double[layers][bySpares.size()];
    for (int layer = 0; layer < layers; layer++) {
      for (int spares = 0; spares < bySpares.size(); spares++) {
        cost[layer][spares] = cost(request, bySpares.get(spares).get(layer));
      }
    }
    var chosen = SlotBudget.exact(cost, budget);
    var planned = new ArrayList<PlannedLayer>();
    for (int layer = 0; layer < layers; layer++) {
      planned.add(bySpares.get(chosen[layer]).get(layer));
    }
    return new Shared(planned, IntStream.of(chosen).boxed().toList());
  }

  private static Cluster even(Cluster cluster, int slotsPerGpu) {
    return new Cluster(cluster.nodes(), cluster.gpus(), slotsPerGpu);
  }

  /** Experts, mean over the mix of batch sizes. */
  private static double cost(PlanRequest request, PlannedLayer layer) {
    double sum = 0;
    double shares = 0;
    var mix = request.goal().mix();
    for (int i = 0; i < mix.size(); i++) {
      sum += mix.get(i).share() * layer.costs().get(i).experts();
      shares += mix.get(i).share();
    }
    return sum / shares;
  }
}
