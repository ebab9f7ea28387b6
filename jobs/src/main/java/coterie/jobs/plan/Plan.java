package coterie.jobs.plan;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A named plan: a placement for each MoE layer, and what it was made from.
 *
 * @param layers placement by hidden-layer id
 */
public record Plan(Header header, SortedMap<Integer, Placement> layers) {

  public Plan {
    layers = new TreeMap<>(layers);
  }

  /**
   * What a plan was made from.
   *
   * @param datasets planned on
   * @param batches tokens a step that it was made for
   * @param router the rule it was made for
   * @param stepsPerBatch steps drawn for each batch size above 1
   * @param proposals moves tried in each layer
   * @param cluster of the first layer; layers may have slots of their own
   * @param goal what was minimised and within which limits, in words
   */
  public record Header(
      String name,
      String model,
      String revision,
      List<String> datasets,
      String phase,
      Cluster cluster,
      List<Integer> batches,
      String planner,
      String router,
      long seed,
      int stepsPerBatch,
      long proposals,
      String goal) {

    /** The goal of planners that know no other. */
    public static final String DISTINCT_EXPERTS = "distinct experts";

    public Header {
      datasets = List.copyOf(datasets);
      batches = List.copyOf(batches);
    }

    /** Made for nothing but distinct experts. */
    public Header(
        String name,
        String model,
        String revision,
        List<String> datasets,
        String phase,
        Cluster cluster,
        List<Integer> batches,
        String planner,
        String router,
        long seed,
        int stepsPerBatch,
        long proposals) {
      this(
          name,
          model,
          revision,
          datasets,
          phase,
          cluster,
          batches,
          planner,
          router,
          seed,
          stepsPerBatch,
          proposals,
          DISTINCT_EXPERTS);
    }
  }
}
