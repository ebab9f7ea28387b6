package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * Even split: the n-th call of an expert in a step uses replica {@code n mod copies}, so that
 * replicas serve as many tokens as each other, one more or less.
 *
 * <p>What planners of token loads assume (deepseek-ai/EPLB: load of an expert over its copies),
 * rounded to whole tokens. No engine does it: it takes the whole batch to count.
 */
final class EvenChoice implements ReplicaChoice {

  private final int callers;
  private final int[] calls;

  EvenChoice(int experts, int batch) {
    callers = batch;
    calls = new int[experts];
  }

  @Override
  public int callers() {
    return callers;
  }

  @Override
  public void name(TokenBatches batches, int step, int[] callerOfCall) {
    var sets = batches.sets();
    Arrays.fill(calls, 0);
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        callerOfCall[call++] = calls[sets.member(i)]++;
      }
    }
  }

  @Override
  public void choose(int expert, ReplicaTable replicas, int[] gpuOfCaller) {
    int copies = replicas.copies(expert);
    for (int caller = 0; caller < callers; caller++) {
      gpuOfCaller[caller] = replicas.gpu(expert, caller % copies);
    }
  }
}
