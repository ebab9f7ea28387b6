package coterie.jobs.bench;

import coterie.ingest.container.MalformedException;
import coterie.ingest.container.NpyArray;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.align.GpuAlignment;
import coterie.planner.align.Transitions;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenSets;
import coterie.planner.objective.TrafficCost;
import coterie.planner.objective.TrafficPrice;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;

/** Traffic against token balance on a whole trace in plain arrays. */
public final class TrafficBench {

  private static final long SEED = 1;

  /**
   * One placement of all layers; means over layers.
   *
   * @param imbalance tokens of the busiest GPU over the mean, by even split
   * @param gpus distinct GPUs a token
   * @param nodes distinct nodes a token
   * @param moved share of pairs of an expert and the next layer's that change GPU
   * @param movedAligned the same once GPUs are renamed
   */
  public record Row(
      double imbalance,
      double gpus,
      double nodes,
      double moved,
      double movedAligned,
      double seconds) {}

  private final Cluster cluster;
  private final int experts;
  private final List<TokenSets> layers = new ArrayList<>();
  private final List<Transitions> transitions = new ArrayList<>();

  /**
   * Reads a trace.
   *
   * @param npz with {@code ids[tokens, layers, k]}
   */
  public TrafficBench(Path npz, int experts, Cluster cluster)
      throws IOException, MalformedException {
    this.experts = experts;
    this.cluster = cluster;
    try (var zip = new ZipFile(npz.toFile());
        var in = zip.getInputStream(zip.getEntry("ids.npy"))) {
      var ids = NpyArray.parse(in.readAllBytes());
      for (int layer = 0; layer < ids.extent(1); layer++) {
        layers.add(sets(ids, layer));
        if (layer > 0) {
          transitions.add(transitions(ids, layer));
        }
      }
    }
  }

  private TokenSets sets(NpyArray ids, int layer) {
    var sets = TokenSets.builder(experts);
    for (int token = 0; token < ids.extent(0); token++) {
      var set = set(ids, token, layer);
      Arrays.sort(set);
      sets.add(set, 1);
    }
    return sets.build();
  }

  private static int[] set(NpyArray ids, int token, int layer) {
    int k = ids.extent(2);
    var set = new int[k];
    for (int i = 0; i < k; i++) {
      set[i] = (int) ids.integer((token * ids.extent(1) + layer) * k + i);
    }
    return set;
  }

  private Transitions transitions(NpyArray ids, int layer) {
    var pairs = new double[experts * experts];
    for (int token = 0; token < ids.extent(0); token++) {
      for (int from : set(ids, token, layer - 1)) {
        for (int to : set(ids, token, layer)) {
          pairs[from * experts + to]++;
        }
      }
    }
    return Transitions.of(experts, pairs);
  }

  /** Plans every layer; with a limit on imbalance, planners that know one keep it. */
  public Row run(PlannerKind planner, double mostImbalance, long proposals) {
    long start = System.nanoTime();
    var placements = new ArrayList<Placement>();
    for (int layer = 0; layer < layers.size(); layer++) {
      placements.add(plan(planner, layer, mostImbalance, proposals));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double imbalance = 0;
    double gpus = 0;
    double nodes = 0;
    for (int layer = 0; layer < layers.size(); layer++) {
      var sets = layers.get(layer);
      var traffic = TrafficCost.of(sets, placements.get(layer), TrafficPrice.GPUS);
      imbalance += EvenSplit.imbalance(placements.get(layer), sets.expertLoad()) / layers.size();
      gpus += traffic.gpusPerToken() / layers.size();
      nodes += traffic.nodesPerToken() / layers.size();
    }
    var aligned = GpuAlignment.align(placements, transitions);
    return new Row(imbalance, gpus, nodes, moved(placements), moved(aligned), seconds);
  }

  private Placement plan(PlannerKind planner, int layer, double mostImbalance, long proposals) {
    var problem =
        LayerProblem.of(
            cluster,
            layer,
            layers.get(layer),
            List.of(1),
            1,
            SearchBudget.ofProposals(proposals),
            SEED);
    var limited = problem.withGoal(problem.goal().withMostImbalance(mostImbalance));
    var outcome = planner.plan(planner == PlannerKind.AFFINITY ? limited : problem);
    if (outcome instanceof PlanningOutcome.Infeasible infeasible) {
      throw new IllegalStateException(infeasible.reason());
    }
    return ((PlanningOutcome.Planned) outcome).placement();
  }

  private double moved(List<Placement> placements) {
    double moved = 0;
    for (int i = 0; i < transitions.size(); i++) {
      moved += transitions.get(i).movedShare(placements.get(i), placements.get(i + 1));
    }
    return moved / transitions.size();
  }
}
