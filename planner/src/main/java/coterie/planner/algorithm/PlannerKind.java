package coterie.planner.algorithm;

import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import java.util.Arrays;
import java.util.Optional;

/** The planners there are, by the name that the command line uses. */
public enum PlannerKind implements Planner {
  /** Slot j holds expert {@code j mod E}: what engines start with. */
  CONTIGUOUS("contiguous") {
    @Override
    int[] slots(LayerProblem problem) {
      return SimplePlacements.contiguous(problem.cluster(), problem.experts());
    }
  },
  /** Expert e on GPU {@code e mod G}. */
  ROUND_ROBIN("round-robin") {
    @Override
    int[] slots(LayerProblem problem) {
      return SimplePlacements.roundRobin(problem.cluster(), problem.experts());
    }
  },
  /** Uniformly drawn; the null that every other planner has to beat. */
  RANDOM("random") {
    @Override
    int[] slots(LayerProblem problem) {
      return SimplePlacements.random(
          problem.cluster(), problem.experts(), problem.random(RANDOM_PLACEMENT, 0));
    }
  },
  /** DeepSeek's balancer of token loads, the planner that engines ship. */
  EPLB("eplb") {
    @Override
    int[] slots(LayerProblem problem) {
      return HierarchicalEplb.global(problem.cluster(), problem.tokens().expertLoad());
    }
  },
  /** The same with each expert group on one node. */
  EPLB_HIERARCHICAL("eplb-hierarchical") {
    @Override
    int[] slots(LayerProblem problem) {
      return HierarchicalEplb.slots(
          problem.cluster(), problem.tokens().expertLoad(), problem.groups());
    }

    @Override
    Optional<PlanningOutcome.Infeasible> objection(LayerProblem problem) {
      return NodeExperts.obstacle(problem);
    }
  },
  /** Longest processing time first: heaviest replica to the GPU with the fewest tokens. */
  LPT("lpt") {
    @Override
    int[] slots(LayerProblem problem) {
      return LptPacking.slots(problem.cluster(), problem.tokens().expertLoad());
    }
  },
  /** Token balance down to its certificate. */
  LOAD_BALANCE("load-balance") {
    @Override
    int[] slots(LayerProblem problem) {
      return LoadBalance.flat(
          problem.cluster(),
          problem.tokens().expertLoad(),
          problem.budget(),
          problem.random(LOAD_BALANCE_MOVES, 0));
    }
  },
  /** The same with each expert group on one node. */
  LOAD_BALANCE_HIERARCHICAL("load-balance-hierarchical") {
    @Override
    int[] slots(LayerProblem problem) {
      return HierarchicalBalance.slots(
          problem.cluster(),
          problem.tokens().expertLoad(),
          problem.groups(),
          problem.budget(),
          problem.random(LOAD_BALANCE_MOVES, 0));
    }

    @Override
    Optional<PlanningOutcome.Infeasible> objection(LayerProblem problem) {
      return NodeExperts.obstacle(problem).or(() -> HierarchicalBalance.obstacle(problem));
    }
  },
  /** Experts that act together on one GPU, for traffic, under a limit on token imbalance. */
  AFFINITY("affinity") {
    @Override
    int[] slots(LayerProblem problem) {
      return Affinity.slots(problem);
    }

    @Override
    Optional<PlanningOutcome.Infeasible> objection(LayerProblem problem) {
      return Affinity.obstacle(problem);
    }

    @Override
    public boolean needsSets() {
      return true;
    }
  },
  /** Experts that act together on different GPUs, one after the other. */
  COACTIVATION_GREEDY("coactivation-greedy") {
    @Override
    int[] slots(LayerProblem problem) {
      return CoactivationGreedy.slots(problem.cluster(), problem.tokens());
    }

    @Override
    public boolean needsSets() {
      return true;
    }
  },
  /** All placements of a tiny layer. */
  EXHAUSTIVE("exhaustive") {
    @Override
    int[] slots(LayerProblem problem) {
      return Exhaustive.slots(problem);
    }

    @Override
    Optional<PlanningOutcome.Infeasible> objection(LayerProblem problem) {
      return Exhaustive.obstacle(problem);
    }

    @Override
    public boolean needsSets() {
      return true;
    }
  },
  /** Joint replication and placement on the unions of the batch sizes that will be served. */
  LOCAL_SEARCH("local-search") {
    @Override
    int[] slots(LayerProblem problem) {
      return LocalSearch.search(problem).toArray();
    }

    @Override
    Optional<PlanningOutcome.Infeasible> missedLimit(LayerProblem problem, Placement best) {
      return GoalLimits.missed(problem, best);
    }

    @Override
    public boolean needsSets() {
      return true;
    }
  };

  private static final long RANDOM_PLACEMENT = 1;
  private static final long LOAD_BALANCE_MOVES = 20;

  private final String label;

  PlannerKind(String label) {
    this.label = label;
  }

  abstract int[] slots(LayerProblem problem);

  /** Why this planner cannot answer the problem, though there are placements; empty if it can. */
  Optional<PlanningOutcome.Infeasible> objection(LayerProblem problem) {
    return Optional.empty();
  }

  /** True if it must know which experts were called together; loads do for the others. */
  public boolean needsSets() {
    return false;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  @Override
  public PlanningOutcome plan(LayerProblem problem) {
    var obstacle = obstacle(problem.cluster(), problem.experts()).or(() -> objection(problem));
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    var placement = Placement.of(problem.cluster(), problem.experts(), slots(problem));
    return missedLimit(problem, placement)
        .<PlanningOutcome>map(missed -> missed)
        .orElseGet(() -> new PlanningOutcome.Planned(placement));
  }

  /** The limit of the goal that a placement misses; empty for planners that know no limits. */
  Optional<PlanningOutcome.Infeasible> missedLimit(LayerProblem problem, Placement best) {
    return Optional.empty();
  }

  /** Why no planner can place {@code experts} experts on a cluster; empty if they can. */
  public static Optional<PlanningOutcome.Infeasible> obstacle(Cluster cluster, int experts) {
    if (cluster.slots() < experts) {
      int missing = experts - cluster.slots();
      return Optional.of(
          new PlanningOutcome.Infeasible(
              "%s = %d slots for %d experts, %d too few"
                  .formatted(cluster, cluster.slots(), experts, missing),
              "at least %d slots per GPU are needed".formatted(ceilDiv(experts, cluster.gpus()))));
    }
    if (cluster.mostSlots() > experts) {
      return Optional.of(
          new PlanningOutcome.Infeasible(
              "%d slots per GPU for %d experts: a GPU would hold an expert twice"
                  .formatted(cluster.mostSlots(), experts),
              "at most %d slots per GPU are of use".formatted(experts)));
    }
    return Optional.empty();
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }

  /** The planner with this name. */
  public static Optional<PlannerKind> find(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }
}
