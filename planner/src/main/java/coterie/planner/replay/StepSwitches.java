package coterie.planner.replay;

import coterie.planner.model.Attention;

/**
 * How an engine runs a step.
 *
 * @param attention where tokens start
 * @param contextTokens cached positions that a decode token attends to, the mean
 * @param prefillTokens tokens at the end of each step that are a chunk of one prompt: they read one
 *     context together
 * @param sharedExperts how shared experts run, if the model has any
 * @param tilePadding false to compute rows as they are: what padding costs
 * @param twoBatchOverlap halves of the batch take turns, one computing while the other communicates
 * @param tensorShards GPUs that share each expert by its intermediate width: 1 is expert
 *     parallelism alone, all GPUs tensor parallelism alone, between them both
 */
public record StepSwitches(
    Attention attention,
    double contextTokens,
    int prefillTokens,
    SharedExperts sharedExperts,
    boolean tilePadding,
    boolean twoBatchOverlap,
    int tensorShards) {

  public StepSwitches {
    if (!(contextTokens >= 0) || prefillTokens < 0 || tensorShards < 1) {
      throw new IllegalArgumentException(
          "context of %s, %d prefill tokens, %d shards: cannot be"
              .formatted(contextTokens, prefillTokens, tensorShards));
    }
  }

  /** Decode with nothing but what is said: experts whole, no overlap, tiles padded. */
  public static StepSwitches decode(Attention attention, double contextTokens) {
    return new StepSwitches(attention, contextTokens, 0, SharedExperts.BESIDE, true, false, 1);
  }

  public StepSwitches withPrefill(int tokens) {
    return new StepSwitches(
        attention,
        contextTokens,
        tokens,
        sharedExperts,
        tilePadding,
        twoBatchOverlap,
        tensorShards);
  }

  public StepSwitches withSharedExperts(SharedExperts way) {
    return new StepSwitches(
        attention, contextTokens, prefillTokens, way, tilePadding, twoBatchOverlap, tensorShards);
  }

  public StepSwitches withoutTilePadding() {
    return new StepSwitches(
        attention,
        contextTokens,
        prefillTokens,
        sharedExperts,
        false,
        twoBatchOverlap,
        tensorShards);
  }

  public StepSwitches withTwoBatchOverlap() {
    return new StepSwitches(
        attention, contextTokens, prefillTokens, sharedExperts, tilePadding, true, tensorShards);
  }

  public StepSwitches withTensorShards(int shards) {
    return new StepSwitches(
        attention,
        contextTokens,
        prefillTokens,
        sharedExperts,
        tilePadding,
        twoBatchOverlap,
        shards);
  }
}
