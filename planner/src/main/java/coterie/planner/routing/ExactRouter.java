package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * Sends all tokens of an expert to one replica, chosen so that the busiest GPU runs as few distinct
 * experts as possible: the best that any router can do for small batches.
 */
final class ExactRouter implements Router {

  private final SemiMatching matching;
  private final int[] tokensOf;
  private final int[] gpuOf;
  private int[] active;

  ExactRouter(int gpus, int experts) {
    matching = new SemiMatching(gpus, experts);
    tokensOf = new int[experts];
    gpuOf = new int[experts];
    active = matching.active(experts);
  }

  @Override
  public void assign(TokenBatches batches, int step, ReplicaTable replicas, CallGpus calls) {
    int size = solve(batches, step, replicas);
    for (int i = 0; i < size; i++) {
      gpuOf[active[i]] = matching.gpuOf(i);
    }
    var sets = batches.sets();
    calls.clear();
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        calls.add(gpuOf[sets.member(i)]);
      }
    }
  }

  @Override
  public void route(TokenBatches batches, int step, ReplicaTable replicas, GpuLoad load) {
    int size = solve(batches, step, replicas);
    load.clear();
    for (int i = 0; i < size; i++) {
      load.addCopy(matching.gpuOf(i));
      load.addPairs(matching.gpuOf(i), tokensOf[active[i]]);
    }
  }

  /** Matches the experts of a step and returns how many there are. */
  private int solve(TokenBatches batches, int step, ReplicaTable replicas) {
    var sets = batches.sets();
    Arrays.fill(tokensOf, 0);
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        tokensOf[sets.member(i)]++;
      }
    }
    active = matching.active(tokensOf.length);
    int size = 0;
    for (int expert = 0; expert < tokensOf.length; expert++) {
      if (tokensOf[expert] > 0) {
        active[size++] = expert;
      }
    }
    matching.solve(size, replicas);
    return size;
  }
}
