package coterie.planner.routing;

import coterie.planner.model.Attention;
import coterie.planner.model.Cluster;
import coterie.planner.model.Placement;
import coterie.planner.model.TokenBatches;
import java.util.Arrays;
import java.util.Optional;

/** The routers there are, by the name that the command line uses. */
public enum RouterRule {
  /** One replica an expert and step, chosen with the whole batch in view; the optimum. */
  EXACT("exact", Attention.TENSOR_PARALLEL) {
    @Override
    public Router create(Placement placement, double tokensPerCopy) {
      return new ExactRouter(placement);
    }
  },
  /** One replica an expert and step, greedily, experts with the least choice first. */
  RANK_INVARIANT("rank-invariant", Attention.TENSOR_PARALLEL) {
    @Override
    public Router create(Placement placement, double tokensPerCopy) {
      return new GreedyRouter(placement, GreedyOrder.FEWEST_COPIES);
    }
  },
  /** One replica an expert and step, greedily, experts in their order. */
  LEAST_LOADED("least-loaded", Attention.TENSOR_PARALLEL) {
    @Override
    public Router create(Placement placement, double tokensPerCopy) {
      return new GreedyRouter(placement, GreedyOrder.ID);
    }
  },
  /**
   * A fixed replica for each rank and expert. Of a placement that comes without a {@link RankMap},
   * the first replica on every rank.
   */
  RANK_MAP("rank-map", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new FirstChoice());
    }
  },
  /** SGLang's {@code static} dispatch. */
  SGLANG("sglang", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new SglangStaticChoice(cluster, batches.ranks(), seed));
    }
  },
  /** SGLang's {@code dynamic} dispatch. */
  SGLANG_DYNAMIC("sglang-dynamic", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new SglangDynamicChoice(seed));
    }
  },
  /** vLLM's hash of the token index, which spreads an expert's tokens over all its replicas. */
  VLLM("vllm", Attention.TENSOR_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new VllmChoice(batches.batch()));
    }
  },
  /** The same where every rank counts its own tokens. */
  VLLM_DP("vllm-dp", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new VllmChoice(batches.batch()));
    }
  },
  /** TensorRT-LLM's round robin. */
  TENSORRT_LLM("tensorrt-llm", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      int experts = batches.sets().experts();
      return Optional.of(
          new TensorRtChoice(batches.ranks(), experts, batches.batch(), batches.mostCalls()));
    }
  },
  /** vLLM-Ascend's fixed replica for each rank and expert. */
  VLLM_ASCEND("vllm-ascend", Attention.DATA_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new AscendChoice(batches.ranks()));
    }
  },
  /** Tokens split evenly over replicas, as planners of token loads assume. */
  EVEN("even", Attention.TENSOR_PARALLEL) {
    @Override
    public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
      return Optional.of(new EvenChoice(batches.sets().experts(), batches.batch()));
    }
  },
  /** Tokens split so that the busiest GPU serves as few as possible; the optimum for prefill. */
  EXACT_TOKENS("exact-tokens", Attention.TENSOR_PARALLEL) {
    @Override
    public Router create(Placement placement, double tokensPerCopy) {
      return new ExactTokensRouter(placement);
    }
  },
  /** Tokens split for the time of the busiest GPU, reading and computing both in view. */
  MIXED("mixed", Attention.TENSOR_PARALLEL) {
    @Override
    public Router create(Placement placement, double tokensPerCopy) {
      return new MixedRouter(placement, tokensPerCopy);
    }
  };

  private final String label;
  private final Attention attention;

  RouterRule(String label, Attention attention) {
    this.label = label;
    this.attention = attention;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** The attention that the rule is met with, and so the steps to judge it on. */
  public Attention attention() {
    return attention;
  }

  /** True if the rule picks replicas one call at a time, so that {@link #choice} has an answer. */
  public boolean callByCall() {
    return switch (this) {
      case EXACT, RANK_INVARIANT, LEAST_LOADED, EXACT_TOKENS, MIXED -> false;
      default -> true;
    };
  }

  /**
   * The rule call by call.
   *
   * @param batches steps of the size, and on the ranks, that will be routed
   * @param seed of what the rule draws; engines' own by {@link #create}
   * @return empty if the rule looks at more than one call at a time
   */
  public Optional<ReplicaChoice> choice(Cluster cluster, TokenBatches batches, long seed) {
    return Optional.empty();
  }

  /**
   * A router of this rule.
   *
   * @param tokensPerCopy tokens whose computing takes as long as reading one expert; above 0
   */
  public Router create(Placement placement, double tokensPerCopy) {
    return new ChoiceRouter(
        placement,
        batches -> choice(placement.cluster(), batches, SglangStaticChoice.SEED).orElseThrow());
  }

  /** A router by a planned map. */
  public static Router create(Placement placement, RankMap map) {
    return new ChoiceRouter(placement, batches -> new RankMapChoice(map));
  }

  /** The rule with this name. */
  public static Optional<RouterRule> find(String label) {
    return Arrays.stream(values()).filter(rule -> rule.label.equals(label)).findFirst();
  }
}
