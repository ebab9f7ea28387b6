package coterie.planner.profile;

/**
 * The size of one routed expert (SwiGLU: three matrices of hidden x intermediate).
 *
 * @param hidden width of the model
 * @param intermediate width of the expert
 * @param bytesPerWeight bytes a weight takes in GPU memory, scales included
 */
public record ExpertShape(int hidden, int intermediate, double bytesPerWeight) {

  public ExpertShape {
    if (hidden < 1 || intermediate < 1 || !(bytesPerWeight > 0)) {
      throw new IllegalArgumentException(
          "expert of %d x %d at %s bytes a weight: all must be positive"
              .formatted(hidden, intermediate, bytesPerWeight));
    }
  }

  /** Weights of one expert. */
  public double weights() {
    return 3.0 * hidden * intermediate;
  }

  /** Bytes read to run the expert once, for any number of tokens that fit one pass. */
  public double bytes() {
    return weights() * bytesPerWeight;
  }

  /** Floating-point operations for one token. */
  public double flopsPerToken() {
    return 2 * weights();
  }
}
