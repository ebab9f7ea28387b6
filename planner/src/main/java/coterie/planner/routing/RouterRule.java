package coterie.planner.routing;

import java.util.Arrays;
import java.util.Optional;

/** The routers there are, by the name that the command line uses. */
public enum RouterRule {
  /** One replica an expert and step, chosen with the whole batch in view; the optimum. */
  EXACT("exact") {
    @Override
    public Router create(int gpus, int experts) {
      return new ExactRouter(gpus, experts);
    }
  },
  /** vLLM's hash of the token index, which spreads an expert's tokens over all its replicas. */
  VLLM("vllm") {
    @Override
    public Router create(int gpus, int experts) {
      return new VllmHashRouter(gpus, experts);
    }
  };

  private final String label;

  RouterRule(String label) {
    this.label = label;
  }

  /** The name on the command line and in tables. */
  public String label() {
    return label;
  }

  /** A router of this rule for layers of {@code experts} experts on {@code gpus} GPUs. */
  public abstract Router create(int gpus, int experts);

  /** The rule with this name. */
  public static Optional<RouterRule> find(String label) {
    return Arrays.stream(values()).filter(rule -> rule.label.equals(label)).findFirst();
  }
}
