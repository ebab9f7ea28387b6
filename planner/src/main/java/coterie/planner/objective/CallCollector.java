package coterie.planner.objective;

import coterie.planner.model.TokenBatches;
import coterie.planner.routing.ReplicaChoice;
import java.util.Arrays;

/** Entries of a {@link CallMix} as they are found, step by step, in arrays that grow. */
final class CallCollector {

  private final int experts;
  private final ReplicaChoice choice;

  /** {@code [expert * callers + caller]} the last step, plus 1, with this call. */
  private final int[] seen;

  /** {@code [expert]} different callers in the step, and where the next is written. */
  private final int[] count;

  private int[] callerOfCall = new int[0];
  private int[] steps = new int[1024];
  private char[] expertOf = new char[1024];
  private int[] first = new int[1025];
  private char[] callers = new char[4096];
  private int size;

  CallCollector(int experts, ReplicaChoice choice) {
    this.experts = experts;
    this.choice = choice;
    seen = new int[experts * choice.callers()];
    count = new int[experts];
  }

  /** Adds a step, numbered {@code step} in the mix. */
  void add(TokenBatches batches, int index, int step) {
    if (callerOfCall.length < batches.mostCalls()) {
      callerOfCall = new int[batches.mostCalls()];
    }
    choice.name(batches, index, callerOfCall);
    Arrays.fill(count, 0);
    var sets = batches.sets();
    int calls = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(index, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        if (isNew(sets.member(i), callerOfCall[calls], step + 1)) {
          count[sets.member(i)]++;
        } else {
          callerOfCall[calls] = -1;
        }
        calls++;
      }
    }
    for (int expert = 0; expert < experts; expert++) {
      if (count[expert] > 0) {
        open(step, expert);
      }
    }
    write(batches, index);
  }

  private boolean isNew(int expert, int caller, int mark) {
    int at = expert * choice.callers() + caller;
    boolean first = seen[at] != mark;
    seen[at] = mark;
    return first;
  }

  /** A new entry with room for its callers; {@link #count} then says where they end. */
  private void open(int step, int expert) {
    if (size + 1 == first.length) {
      steps = Arrays.copyOf(steps, 2 * size);
      expertOf = Arrays.copyOf(expertOf, 2 * size);
      first = Arrays.copyOf(first, 2 * size + 1);
    }
    int end = first[size] + count[expert];
    if (end > callers.length) {
      callers = Arrays.copyOf(callers, 2 * end);
    }
    steps[size] = step;
    expertOf[size] = (char) expert;
    first[++size] = end;
    count[expert] = end;
  }

  private void write(TokenBatches batches, int index) {
    var sets = batches.sets();
    int call = 0;
    for (int token = 0; token < batches.batch(); token++) {
      int set = batches.set(index, token);
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int caller = callerOfCall[call++];
        if (caller >= 0) {
          callers[--count[sets.member(i)]] = (char) caller;
        }
      }
    }
  }

  int size() {
    return size;
  }

  int step(int entry) {
    return steps[entry];
  }

  int expert(int entry) {
    return expertOf[entry];
  }

  int beginCallers(int entry) {
    return first[entry];
  }

  int endCallers(int entry) {
    return first[entry + 1];
  }

  void copyCallers(int entry, char[] target, int at) {
    System.arraycopy(callers, first[entry], target, at, first[entry + 1] - first[entry]);
  }
}
