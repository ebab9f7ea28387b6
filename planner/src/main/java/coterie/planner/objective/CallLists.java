package coterie.planner.objective;

import java.util.Arrays;

/**
 * For each expert the steps that call it, those whose cost could still fall in front.
 *
 * <p>A search prices these hopeful steps first. Behind them a change can only do harm, so it is
 * given up at the first step that makes the harm too much.
 */
final class CallLists {

  private final StepMix mix;

  /** {@code [experts + 1]} where the list of each expert begins. */
  private final int[] first;

  /** {@code [experts]} how many steps at the front of the list are hopeful. */
  private final int[] hopeful;

  /** {@code [place]} the entry of the mix that stands there, and its step. */
  private final int[] entryAt;

  private final int[] stepAt;

  /** {@code [entry]} its place. */
  private final int[] placeOf;

  /** All steps start without hope. */
  CallLists(StepMix mix) {
    this.mix = mix;
    first = new int[mix.experts() + 1];
    hopeful = new int[mix.experts()];
    entryAt = new int[mix.entries()];
    stepAt = new int[mix.entries()];
    placeOf = new int[mix.entries()];
    for (int entry = 0; entry < mix.entries(); entry++) {
      first[mix.expert(entry) + 1]++;
    }
    Arrays.parallelPrefix(first, Integer::sum);
    var next = Arrays.copyOf(first, mix.experts());
    for (int step = 0; step < mix.size(); step++) {
      for (int entry = mix.firstEntry(step); entry < mix.firstEntry(step + 1); entry++) {
        put(entry, step, next[mix.expert(entry)]++);
      }
    }
  }

  /** Where the steps of {@code expert} begin. */
  int begin(int expert) {
    return first[expert];
  }

  /** Where its hopeful steps end and the others begin. */
  int settled(int expert) {
    return first[expert] + hopeful[expert];
  }

  int end(int expert) {
    return first[expert + 1];
  }

  int entryAt(int place) {
    return entryAt[place];
  }

  int stepAt(int place) {
    return stepAt[place];
  }

  /** The steps that call either expert, each once, as they stand now. */
  int[] stepsOf(int a, int b) {
    var steps = new int[end(a) - begin(a) + end(b) - begin(b)];
    int size = 0;
    for (int place = begin(a); place < end(a); place++) {
      steps[size++] = stepAt[place];
    }
    for (int place = begin(b); place < end(b); place++) {
      if (!mix.calls(stepAt[place], a)) {
        steps[size++] = stepAt[place];
      }
    }
    return Arrays.copyOf(steps, size);
  }

  /** Moves a step across the border in the lists of all experts that it calls. */
  void setHope(int step, boolean hope) {
    for (int entry = mix.firstEntry(step); entry < mix.firstEntry(step + 1); entry++) {
      int expert = mix.expert(entry);
      int border = hope ? settled(expert) : settled(expert) - 1;
      int place = placeOf[entry];
      put(entryAt[border], stepAt[border], place);
      put(entry, step, border);
      hopeful[expert] += hope ? 1 : -1;
    }
  }

  private void put(int entry, int step, int place) {
    entryAt[place] = entry;
    stepAt[place] = step;
    placeOf[entry] = place;
  }
}
