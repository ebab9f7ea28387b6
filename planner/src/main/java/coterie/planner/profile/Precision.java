package coterie.planner.profile;

/** The width in which a kernel multiplies, whatever the width of the weights in memory. */
public enum Precision {
  /** 16 bits: bf16 and fp16, also the products of narrower weights that are widened first. */
  HALF,
  /** 8 bits: fp8. */
  QUARTER
}
