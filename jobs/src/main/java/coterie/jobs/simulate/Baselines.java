package coterie.jobs.simulate;

import coterie.jobs.lake.Selection;
import coterie.jobs.plan.Plan;
import coterie.jobs.plan.PlanJob;
import coterie.jobs.plan.PlanRequest;
import coterie.jobs.plan.PlannedLayer;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.routing.RouterRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;

/**
 * What every comparison holds plans against, whether asked for or not: EPLB without spare slots,
 * and experts in tensor shards over all GPUs (TP) and over some of them (TP x EP, whose hosts EPLB
 * balances).
 */
public final class Baselines {

  /** EPLB without spares where no plan of it was given. */
  private static final String PLAIN = "EPLB, no spares";

  private final SparkSession spark;

  /** What plans were made from: EPLB sees the same. */
  private final Selection planning;

  private final List<String> countsOnly;

  public Baselines(SparkSession spark, Selection planning, List<String> countsOnly) {
    this.spark = spark;
    this.planning = planning;
    this.countsOnly = List.copyOf(countsOnly);
  }

  /** A plan as a contender. */
  public static Contender of(Plan plan) {
    var header = plan.header();
    var cluster = header.cluster();
    return new Contender(
        header.name(), header.planner(), cluster.gpus(), cluster.mostSlots(), 1, plan.layers());
  }

  /** The baselines of some plans, then the plans. */
  public List<Contender> with(List<Contender> plans) {
    var all = new ArrayList<Contender>();
    var sizes = plans.stream().map(Contender::gpus).collect(Collectors.toCollection(TreeSet::new));
    for (int gpus : sizes) {
      all.addAll(shards(gpus));
      boolean given = plans.stream().anyMatch(p -> p.gpus() == gpus && plainEplb(p));
      if (!given && planning.model().experts() % gpus == 0) {
        int slots = planning.model().experts() / gpus;
        var label = PlannerKind.EPLB.label();
        all.add(new Contender(PLAIN, label, gpus, slots, 1, eplb(new Cluster(gpus, slots))));
      }
    }
    all.addAll(plans);
    return all;
  }

  /** True of EPLB without spares. */
  public static boolean plainEplb(Contender contender) {
    return contender.planner().equals(PlannerKind.EPLB.label()) && contender.singleCopies();
  }

  private List<Contender> shards(int gpus) {
    int experts = planning.model().experts();
    var shards = new ArrayList<Contender>();
    for (int hosts = 1; hosts < gpus; hosts *= 2) {
      if (gpus % hosts == 0 && experts % hosts == 0) {
        int width = gpus / hosts;
        var name = hosts == 1 ? "TP%d".formatted(gpus) : "TP%d x EP%d".formatted(width, hosts);
        var cluster = new Cluster(hosts, experts / hosts);
        var layers = hosts == 1 ? oneHost(cluster) : eplb(cluster);
        shards.add(new Contender(name, Contender.TENSOR, gpus, 0, width, layers));
      }
    }
    return shards;
  }

  private Map<Integer, Placement> oneHost(Cluster cluster) {
    int experts = planning.model().experts();
    var all = Placement.of(cluster, experts, IntStream.range(0, experts).toArray());
    return planning.model().moeLayers().stream()
        .collect(Collectors.toMap(Function.identity(), layer -> all));
  }

  private Map<Integer, Placement> eplb(Cluster cluster) {
    var request =
        new PlanRequest(
            "baseline",
            planning,
            countsOnly,
            cluster,
            List.of(1),
            PlannerKind.EPLB,
            RouterRule.EXACT,
            1,
            1,
            1);
    var layers = new TreeMap<Integer, Placement>();
    for (PlannedLayer layer : new PlanJob(spark).run(request)) {
      layers.put(layer.layer(), layer.placement());
    }
    return layers;
  }
}
