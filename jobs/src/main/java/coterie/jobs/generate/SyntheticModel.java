package coterie.jobs.generate;

/**
 * The shape of a made-up model.
 *
 * @param layers MoE layers, all there are
 * @param experts a layer, at most 256
 * @param topK experts a token activates
 */
public record SyntheticModel(int layers, int experts, int topK) {

  public SyntheticModel {
    if (layers < 1 || experts < 1 || experts > 256 || topK < 1 || topK > experts) {
      throw new IllegalArgumentException(
          "%d layers of %d experts, top-%d: cannot be".formatted(layers, experts, topK));
    }
  }

  /** The model file that goes with the traces. Expert size as in gpt-oss-20b, to have times. */
  public String json() {
    return """
        {
          "hidden_layers": %d,
          "experts": %d,
          "top_k": %d,
          "hidden_size": 2880,
          "expert_intermediate_size": 2880,
          "bytes_per_weight": 0.53125
        }
        """
        .formatted(layers, experts, topK);
  }
}
