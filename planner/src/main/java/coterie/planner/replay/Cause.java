package coterie.planner.replay;

/** What the time of a layer is spent on; the causes of a layer add up to its time. */
public enum Cause {
  /** Attention and its projections, with the all-reduce behind it where it is tensor parallel. */
  ATTENTION("attention"),
  /** Tokens on their way to experts. */
  DISPATCH("dispatch"),
  /** The launch of the MoE kernel and the weights that it reads. */
  MOE_WEIGHTS("MoE weights"),
  /** What computing adds to that. */
  MOE_COMPUTE("MoE compute"),
  /** Shared experts, where they are a kernel of their own. */
  SHARED_EXPERTS("shared experts"),
  /** Results on their way back, or the all-reduce that adds them up. */
  COMBINE("combine"),
  /** What ran at the same time as something else; never above 0. */
  OVERLAP("overlap");

  private final String label;

  Cause(String label) {
    this.label = label;
  }

  /** The name in tables. */
  public String label() {
    return label;
  }
}
