package coterie.planner.routing;

import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/** The experts of one step and how many of its tokens call each; reused from step to step. */
final class StepCalls {

  private final int[] tokensOf;
  private final int[] active;
  private int size;

  StepCalls(int experts) {
    tokensOf = new int[experts];
    active = new int[experts];
  }

  /** Counts a step. */
  void count(TokenBatches batches, int step) {
    var sets = batches.sets();
    Arrays.fill(tokensOf, 0);
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(step, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        tokensOf[sets.member(i)]++;
      }
    }
    size = 0;
    for (int expert = 0; expert < tokensOf.length; expert++) {
      if (tokensOf[expert] > 0) {
        active[size++] = expert;
      }
    }
  }

  /** Distinct experts. */
  int size() {
    return size;
  }

  /** The expert at {@code index}, ascending. */
  int expert(int index) {
    return active[index];
  }

  /** Tokens that call the expert at {@code index}. */
  int tokens(int index) {
    return tokensOf[active[index]];
  }
}
