package coterie.planner.routing;

import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;

/**
 * SGLang's {@code dynamic} dispatch: every call uses a replica drawn uniformly.
 *
 * <p>Read in sgl-project/sglang @ 8905cbd4, {@code eplb/expert_location_dispatch.py}. The engine
 * draws on the GPU; we draw from a seed, the step and the place of the call. Later revisions first
 * narrow the replicas to the rank's own where it has one, which is not modelled.
 */
final class SglangDynamicChoice implements ReplicaChoice {

  /** Divides by every number of copies up to 8 and by 10, 12, 14, 15 and more without a rest. */
  private static final int DRAWS = 840;

  private final long seed;

  SglangDynamicChoice(long seed) {
    this.seed = seed;
  }

  @Override
  public int callers() {
    return DRAWS;
  }

  @Override
  public void name(TokenBatches batches, int step, int[] callerOfCall) {
    var sets = batches.sets();
    long base = SeededRandom.mix(seed + SeededRandom.mix(step));
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        long draw = SeededRandom.mix(base + call) >>> 32;
        callerOfCall[call++] = (int) ((draw * DRAWS) >>> 32);
      }
    }
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int copies = replicas.copies(expert);
    for (int draw = 0; draw < DRAWS; draw++) {
      gpuOfCaller[draw] = replicas.gpu(expert, draw * copies / DRAWS);
    }
  }
}
