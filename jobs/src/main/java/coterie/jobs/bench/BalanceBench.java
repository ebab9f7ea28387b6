package coterie.jobs.bench;

import coterie.planner.algorithm.Eplb;
import coterie.planner.algorithm.LayerProblem;
import coterie.planner.algorithm.PlannerKind;
import coterie.planner.algorithm.PlanningOutcome;
import coterie.planner.align.SlotBudget;
import coterie.planner.bound.BalanceBound;
import coterie.planner.bound.HierarchicalBound;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.PlacementDiff;
import coterie.planner.model.TokenSets;
import coterie.planner.routing.EvenSplit;
import coterie.planner.search.SearchBudget;
import java.util.Arrays;
import java.util.List;

/** Token balance of many layers of generated loads, planner by planner, beside its certificate. */
public final class BalanceBench {

  private static final long PROPOSALS = 30_000;
  private static final long SEED = 1;

  /** Timed runs. */
  private static final int ROUNDS = 5;

  /**
   * Layers to balance.
   *
   * @param exponent of the Zipf law of their loads
   * @param groups expert groups of the model; 1 if it has none
   */
  public record Case(
      String name, int layers, int experts, Cluster cluster, int groups, double exponent) {}

  /**
   * One planner on one case.
   *
   * @param imbalance tokens of the busiest GPU over the mean, by even split, mean over layers
   * @param worst the same in the worst layer
   * @param certificate what no placement can beat (of those that keep groups on nodes, for
   *     hierarchical planners), mean over layers
   * @param worstGap the largest difference of the two in a layer
   * @param twins same-GPU duplicates a layer
   * @param moved share of slots whose expert is new to its GPU, against the contiguous placement
   * @param seconds for all layers on one thread, the quickest of a few runs; of the published code,
   *     one run
   */
  public record Row(
      PlannerKind planner,
      double imbalance,
      double worst,
      double certificate,
      double worstGap,
      double twins,
      double moved,
      double seconds) {}

  private final Case bench;
  private final double[][] load;
  private final BalanceBound[] bound;
  private final double[] hierarchical;

  public BalanceBench(Case bench, double assignments) {
    this.bench = bench;
    load = new double[bench.layers][];
    Arrays.setAll(
        load, layer -> ZipfLoads.layer(bench.experts, bench.exponent, assignments, SEED, layer));
    bound = new BalanceBound[bench.layers];
    hierarchical = new double[bench.layers];
    for (int layer = 0; layer < bench.layers; layer++) {
      bound[layer] = BalanceBound.of(bench.cluster, load[layer]);
      hierarchical[layer] =
          bench.groups % bench.cluster.nodes() == 0
              ? HierarchicalBound.of(bench.cluster, load[layer], bench.groups).imbalance()
              : bound[layer].imbalance();
    }
  }

  /** Plans all layers a few times; the quickest counts. */
  public Row run(PlannerKind planner) {
    var placements = plan(planner);
    double seconds = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      placements = plan(planner);
      seconds = Math.min(seconds, (System.nanoTime() - start) / 1e9);
    }
    boolean grouped =
        planner == PlannerKind.EPLB_HIERARCHICAL
            || planner == PlannerKind.LOAD_BALANCE_HIERARCHICAL;
    double imbalance = 0;
    double worst = 0;
    double certificate = 0;
    double worstGap = 0;
    double moved = 0;
    for (int layer = 0; layer < bench.layers; layer++) {
      double reached = EvenSplit.imbalance(placements[layer], load[layer]);
      double least = grouped ? hierarchical[layer] : bound[layer].imbalance();
      imbalance += reached / bench.layers;
      certificate += least / bench.layers;
      worst = Math.max(worst, reached);
      worstGap = Math.max(worstGap, reached - least);
      moved += moved(placements[layer]) / bench.layers;
    }
    return new Row(planner, imbalance, worst, certificate, worstGap, 0, moved, seconds);
  }

  /** The published EPLB, twins and all. */
  public Row published(PlannerKind planner) {
    int groups = planner == PlannerKind.EPLB_HIERARCHICAL ? bench.groups : 1;
    int nodes = planner == PlannerKind.EPLB_HIERARCHICAL ? bench.cluster.nodes() : 1;
    double imbalance = 0;
    double worst = 0;
    double twins = 0;
    long start = System.nanoTime();
    for (int layer = 0; layer < bench.layers; layer++) {
      var slots =
          Eplb.slots(load[layer], bench.cluster.slots(), groups, nodes, bench.cluster.gpus());
      double reached = imbalance(slots, load[layer]);
      imbalance += reached / bench.layers;
      worst = Math.max(worst, reached);
      twins += (double) twins(slots) / bench.layers;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Row(planner, imbalance, worst, Double.NaN, Double.NaN, twins, Double.NaN, seconds);
  }

  private Placement[] plan(PlannerKind planner) {
    var placements = new Placement[bench.layers];
    Arrays.setAll(placements, layer -> plan(planner, bench.cluster, layer));
    return placements;
  }

  private Placement plan(PlannerKind planner, Cluster cluster, int layer) {
    var problem =
        LayerProblem.of(
                cluster,
                layer,
                single(load[layer]),
                List.of(1),
                1,
                SearchBudget.ofProposals(PROPOSALS),
                SEED)
            .withGroups(bench.groups);
    var outcome = planner.plan(problem);
    if (outcome instanceof PlanningOutcome.Infeasible infeasible) {
      throw new IllegalStateException(infeasible.reason());
    }
    return ((PlanningOutcome.Planned) outcome).placement();
  }

  /** Tokens that call one expert each: loads without co-activation. */
  private static TokenSets single(double[] load) {
    var sets = TokenSets.builder(load.length);
    for (int expert = 0; expert < load.length; expert++) {
      sets.add(new int[] {expert}, load[expert]);
    }
    return sets.build();
  }

  private double moved(Placement placement) {
    var slots = new int[bench.cluster.slots()];
    Arrays.setAll(slots, slot -> slot % bench.experts);
    var contiguous = Placement.of(bench.cluster, bench.experts, slots);
    return (double) PlacementDiff.of(contiguous, placement).moved() / slots.length;
  }

  private double imbalance(int[] slots, double[] tokens) {
    var copies = new int[tokens.length];
    for (int expert : slots) {
      copies[expert]++;
    }
    var gpu = new double[bench.cluster.gpus()];
    for (int slot = 0; slot < slots.length; slot++) {
      gpu[bench.cluster.gpuOf(slot)] += tokens[slots[slot]] / copies[slots[slot]];
    }
    return Arrays.stream(gpu).max().orElseThrow() * gpu.length / Arrays.stream(tokens).sum();
  }

  private int twins(int[] slots) {
    int distinct = 0;
    for (int gpu = 0; gpu < bench.cluster.gpus(); gpu++) {
      distinct +=
          (int)
              Arrays.stream(slots, bench.cluster.firstSlot(gpu), bench.cluster.firstSlot(gpu + 1))
                  .distinct()
                  .count();
    }
    return slots.length - distinct;
  }

  /**
   * The mean imbalance if each layer gets as many spares, and if the same number is shared out.
   *
   * @param alike mean over layers with {@code spares} in every layer
   * @param shared with {@link SlotBudget#greedy}
   * @param exact with {@link SlotBudget#exact}
   */
  public record Shares(int spares, double alike, double shared, double exact) {}

  /** Spares from none to one for each GPU, the same in every layer or shared out by gain. */
  public List<Shares> budgets(List<Integer> sparesALayer) {
    int most = bench.cluster.gpus();
    var curves = new double[bench.layers][most + 1];
    for (int layer = 0; layer < bench.layers; layer++) {
      for (int spares = 0; spares <= most; spares++) {
        var placement = plan(PlannerKind.LOAD_BALANCE, withSpares(spares), layer);
        curves[layer][spares] = EvenSplit.imbalance(placement, load[layer]);
      }
    }
    return sparesALayer.stream()
        .map(
            spares ->
                new Shares(
                    spares,
                    Arrays.stream(curves).mapToDouble(curve -> curve[spares]).average().orElse(0),
                    mean(curves, SlotBudget.greedy(curves, spares * bench.layers)),
                    mean(curves, SlotBudget.exact(curves, spares * bench.layers))))
        .toList();
  }

  private static double mean(double[][] curves, int[] spares) {
    double sum = 0;
    for (int layer = 0; layer < curves.length; layer++) {
      sum += curves[layer][spares[layer]];
    }
    return sum / curves.length;
  }

  private Cluster withSpares(int spares) {
    var slots = new int[bench.cluster.gpus()];
    Arrays.setAll(slots, gpu -> bench.cluster.slotsOf(gpu) + (gpu < spares ? 1 : 0));
    return bench.cluster.withSlots(slots);
  }
}
