package coterie.planner.replay;

/** What the time of a layer is spent on; the causes of a layer add up to its time. */
public enum Cause {
  /** Attention and its projections, with the all-reduce behind it where it is tensor parallel. */
  ATTENTION("attention", 0),
  /** Tokens on their way to experts. */
  DISPATCH("dispatch", 1),
  /** The launch of the MoE kernel and the weights that it reads. */
  MOE_WEIGHTS("MoE weights", 2),
  /** What computing adds to that. */
  MOE_COMPUTE("MoE compute", 3),
  /** Shared experts, where they are a kernel of their own. */
  SHARED_EXPERTS("shared experts", 4),
  /** Results on their way back, or the all-reduce that adds them up. */
  COMBINE("combine", 5),
  /** What ran at the same time as something else; never above 0. */
  OVERLAP("overlap", 6);

  /** Number of causes. */
  static final int COUNT = 7;

  private final String label;
  private final int place;

  Cause(String label, int place) {
    this.label = label;
    this.place = place;
  }

  /** Place in arrays of {@link #COUNT}. */
  int place() {
    return place;
  }

  /** The name in tables. */
  public String label() {
    return label;
  }
}
