package coterie.planner.profile;

import java.io.Serializable;

/**
 * The time of attention, its projections included, in one layer on one GPU in decode.
 *
 * <p>{@code launch + rounded(weights, tokens * a) + context * b + longest * c}: the projections
 * read their weights or compute, every cached position of every request is read, and a long request
 * is a chain of its own.
 *
 * @param measured false if assumed from shapes alone; tables say so
 * @param launchSeconds with nothing to do
 * @param weightsSeconds to read the weights of the projections
 * @param secondsPerToken of a token in the projections
 * @param secondsPerContext of a cached position, summed over the tokens of the step
 * @param secondsPerPosition of the longest context
 */
public record AttentionCost(
    boolean measured,
    double launchSeconds,
    double weightsSeconds,
    double secondsPerToken,
    double secondsPerContext,
    double secondsPerPosition)
    implements Serializable {

  /** No attention at all: the MoE share by itself. */
  public static final AttentionCost NONE = new AttentionCost(true, 0, 0, 0, 0, 0);

  /**
   * MLA of DeepSeek-V3 with all 128 heads on one H100, fp8 weights and cache: fitted to {@code
   * mla_decode_h100} of the published measurements; {@code coterie bench profile} prints the
   * errors.
   */
  public static final AttentionCost MLA_H100 =
      new AttentionCost(true, 32.9e-6, 76.8e-6, 0.551e-6, 0.514e-9, 0.890e-9);

  /**
   * Attention with grouped keys, assumed: a launch of 30 us as MLA's, weights and cache read at 0.8
   * of the data sheet (aiconfigurator's share), products at half of it.
   *
   * @param weights parameters of the four projections
   * @param bytesPerWeight of them
   * @param cacheBytesPerToken keys and values of one position
   */
  public static AttentionCost assumed(
      GpuSheet gpu, double weights, double bytesPerWeight, double cacheBytesPerToken) {
    double bandwidth = 0.8 * gpu.memoryBytesPerSecond();
    return new AttentionCost(
        false,
        30e-6,
        weights * bytesPerWeight / bandwidth,
        2 * weights / (0.5 * gpu.halfFlops()),
        cacheBytesPerToken / bandwidth,
        0);
  }

  /** MLA on another GPU: weights by memory bandwidth, the rest by compute. Assumed but on H100. */
  public static AttentionCost mla(GpuSheet gpu) {
    double memory = GpuSheet.H100.memoryBytesPerSecond() / gpu.memoryBytesPerSecond();
    double compute = GpuSheet.H100.quarterFlops() / gpu.quarterFlops();
    boolean same = memory == 1 && compute == 1;
    return new AttentionCost(
        same,
        MLA_H100.launchSeconds,
        MLA_H100.weightsSeconds * memory,
        MLA_H100.secondsPerToken * compute,
        MLA_H100.secondsPerContext * compute,
        MLA_H100.secondsPerPosition * compute);
  }

  /** Heads spread over {@code shards} tensor-parallel GPUs: each does its share. Assumed. */
  public AttentionCost sharded(int shards) {
    return shards == 1
        ? this
        : new AttentionCost(
            false,
            launchSeconds,
            weightsSeconds / shards,
            secondsPerToken / shards,
            secondsPerContext / shards,
            secondsPerPosition);
  }

  /**
   * Seconds of a layer.
   *
   * @param tokens that the GPU computes
   * @param contextPositions cached positions that they attend to, summed over tokens
   * @param longestContext the longest of them
   */
  public double seconds(int tokens, double contextPositions, double longestContext) {
    double projections = Roofline.ROUNDED.of(weightsSeconds, tokens * secondsPerToken);
    return launchSeconds
        + projections
        + contextPositions * secondsPerContext
        + longestContext * secondsPerPosition;
  }
}
