package coterie.planner.replay;

import java.util.Arrays;

/**
 * Steps of any sizes, as the numbers of their tokens; the last {@link #prefill} tokens of a step
 * belong to prompts.
 */
public final class StepList {

  private int[] offsets = new int[64];
  private int[] tokens = new int[1024];
  private int[] prefill = new int[64];
  private int size;

  /** Adds a token to the step that is being put together. */
  void add(int token) {
    int end = offsets[size + 1];
    if (end == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * end);
    }
    tokens[end] = token;
    offsets[size + 1]++;
  }

  /**
   * Ends the step.
   *
   * @param prefillTokens how many of its last tokens belong to prompts
   */
  void end(int prefillTokens) {
    prefill[size] = prefillTokens;
    size++;
    if (size + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * offsets.length);
      prefill = Arrays.copyOf(prefill, 2 * prefill.length);
    }
    offsets[size + 1] = offsets[size];
  }

  /** Adds a step of another list. */
  void add(StepList other, int step) {
    for (int i = 0; i < other.tokens(step); i++) {
      add(other.token(step, i));
    }
    end(other.prefill(step));
  }

  /** Number of steps. */
  public int size() {
    return size;
  }

  /** Tokens of a step. */
  public int tokens(int step) {
    return offsets[step + 1] - offsets[step];
  }

  /** Token {@code i} of a step. */
  public int token(int step, int i) {
    return tokens[offsets[step] + i];
  }

  /** Tokens at the end of a step that belong to prompts. */
  public int prefill(int step) {
    return prefill[step];
  }

  /** Tokens of a step that are decoded, each for a request of its own. */
  public int decode(int step) {
    return tokens(step) - prefill[step];
  }

  /** Tokens decoded in all steps. */
  public long totalDecode() {
    long total = 0;
    for (int step = 0; step < size; step++) {
      total += decode(step);
    }
    return total;
  }
}
