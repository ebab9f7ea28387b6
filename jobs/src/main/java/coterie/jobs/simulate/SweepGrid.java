package coterie.jobs.simulate;

import coterie.ingest.table.ModelGeometry;
import coterie.jobs.lake.Selection;
import coterie.jobs.plan.PlanJob;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlannedLayer;
import coterie.jobs.plan.SpareSlots;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * Plans the layouts of a sweep: every planner on every number of GPUs with every number of spare
 * slots a GPU, all for the same mix of batch sizes and one router.
 *
 * @param gpus numbers of GPUs
 * @param spares slots of a GPU beyond those that all experts once need
 * @param batches tokens a step that plans are made for, equally often
 */
public record SweepGrid(
    List<Integer> gpus,
    List<Integer> spares,
    List<PlannerKind> planners,
    RouterRule router,
    List<Integer> batches,
    int steps,
    long proposals,
    long seed) {

  public SweepGrid {
    gpus = List.copyOf(gpus);
    spares = List.copyOf(spares);
    planners = List.copyOf(planners);
    batches = List.copyOf(batches);
  }

  /** Slots of a GPU with some to spare. */
  static int slots(ModelGeometry model, int gpus, int spares) {
    return (model.experts() + gpus - 1) / gpus + spares;
  }

  /** Name of a layout: its planner and what it was given to spare. */
  static String name(PlannerKind planner, int spares) {
    return planner.label() + (spares == 0 ? "" : " +" + spares);
  }

  /** Plans all of them. */
  public List<Contender> plan(SparkSession spark, Selection planning, List<String> countsOnly) {
    var contenders = new ArrayList<Contender>();
    for (int size : gpus) {
      for (var planner : planners) {
        for (int spare : spares) {
          contenders.add(plan(new PlanJob(spark), planning, countsOnly, size, planner, spare));
        }
      }
    }
    return contenders;
  }

  private Contender plan(
      PlanJob job,
      Selection planning,
      List<String> countsOnly,
      int size,
      PlannerKind planner,
      int spare) {
    var name = name(planner, spare);
    var request =
        new PlanRequest(
            name,
            planning,
            countsOnly,
            new Cluster(size, slots(planning.model(), size, spare)),
            batches,
            planner,
            router,
            steps,
            proposals,
            seed);
    var planned = SpareSlots.plan(job, request);
    var layers = new TreeMap<Integer, Placement>();
    for (PlannedLayer layer : planned.layers()) {
      layers.put(layer.layer(), layer.placement());
    }
    int slots = planned.request().cluster().mostSlots();
    return new Contender(name, planner.label(), size, slots, 1, layers);
  }
}
