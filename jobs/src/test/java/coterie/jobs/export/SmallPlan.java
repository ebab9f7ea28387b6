package coterie.jobs.export;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.plan.Plan;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.List;
import java.util.TreeMap;

/** The plan of all examples: three hidden layers, the first dense, 4 experts, 2 GPUs x 3 slots. */
final class SmallPlan {

  static final ModelGeometry MODEL =
      new ModelGeometry("small", "main", 3, List.of(1, 2), 4, 2, 0, null, 1);

  static final Cluster CLUSTER = new Cluster(2, 3);

  static final Plan PLAN =
      plan(CLUSTER, new int[] {0, 1, 2, 3, 0, 1}, new int[] {3, 0, 1, 3, 2, 0});

  private SmallPlan() {}

  static Plan plan(Cluster cluster, int[] layer1, int[] layer2) {
    return plan(cluster, "exact", layer1, layer2);
  }

  static Plan plan(Cluster cluster, String router, int[] layer1, int[] layer2) {
    var layers = new TreeMap<Integer, Placement>();
    layers.put(1, Placement.of(cluster, 4, layer1));
    layers.put(2, Placement.of(cluster, 4, layer2));
    var header =
        new Plan.Header(
            "tonight",
            "small",
            "main",
            List.of("monday", "tuesday"),
            "decode",
            cluster,
            List.of(1, 4),
            "local-search",
            router,
            7,
            100,
            3000,
            "distinct experts, imbalance at most 1.05");
    return new Plan(header, layers);
  }
}
