package coterie.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanDiff;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plans: what they were made from, where every expert is, and what would move to reach them. */
final class PlansSection {

  private final Optional<Plan> today;

  PlansSection(Optional<Plan> today) {
    this.today = today;
  }

  ArrayNode of(List<Plan> plans) {
    var list = Figures.array();
    plans.forEach(plan -> list.add(of(plan)));
    return list;
  }

  private ObjectNode of(Plan plan) {
    var header = plan.header();
    var json = Figures.object();
    json.put("name", header.name())
        .put("planner", header.planner())
        .put("router", header.router())
        .put("goal", header.goal())
        .put("phase", header.phase())
        .put("nodes", header.cluster().nodes())
        .put("gpus", header.cluster().gpus())
        .put("slots", header.cluster().slots())
        .put("seed", header.seed())
        .put("steps", header.stepsPerBatch())
        .put("proposals", header.proposals())
        .put("command", PlanCommandLine.of(header));
    json.set("datasets", Figures.texts(header.datasets()));
    json.set("batches", Figures.integers(header.batches()));
    var layers = json.putArray("placement");
    plan.layers().values().forEach(placement -> layers.add(gpus(placement)));
    comparable(plan)
        .map(from -> PlanDiff.of(from, plan))
        .ifPresent(diff -> json.set("moves", moves(diff)));
    return json;
  }

  /** {@code [gpu][slot]} experts of one layer. */
  private static ArrayNode gpus(Placement placement) {
    Cluster cluster = placement.cluster();
    var list = Figures.array();
    for (int gpu = 0; gpu < cluster.gpus(); gpu++) {
      int first = cluster.firstSlot(gpu);
      list.add(
          Figures.of(
              IntStream.range(first, first + cluster.slotsOf(gpu))
                  .map(placement::expertAt)
                  .toArray()));
    }
    return list;
  }

  /** The plan in use, if it is on as many GPUs. */
  private Optional<Plan> comparable(Plan plan) {
    return today.filter(
        from ->
            from.header().cluster().gpus() == plan.header().cluster().gpus()
                && from.layers().keySet().equals(plan.layers().keySet()));
  }

  private static ObjectNode moves(PlanDiff diff) {
    var json = Figures.object();
    json.put("from", diff.from())
        .put("moved", diff.moved())
        .put("slots", diff.slots())
        .put("replicasGained", diff.replicasGained())
        .put("replicasLost", diff.replicasLost());
    var layers = json.putArray("layers");
    diff.layers().values().forEach(layer -> layers.add(to(layer, diff.gpus())));
    return json;
  }

  /** {@code [gpu]} slots of one layer whose expert is new there. */
  private static ArrayNode to(PlacementDiff layer, int gpus) {
    return Figures.of(IntStream.range(0, gpus).map(layer::moved).toArray());
  }
}
