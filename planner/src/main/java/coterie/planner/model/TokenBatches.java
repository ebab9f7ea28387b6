package coterie.planner.model;

/**
 * Steps of one layer, each a batch of tokens, drawn by the {@code token} sampler.
 *
 * <p>At batch 1 every distinct set is one step weighted by its tokens, so an expectation over the
 * steps is exact over all tokens. At larger batches each step is {@code batch} tokens drawn
 * uniformly with replacement, and all steps weigh the same.
 *
 * <p>{@code picks[step * batch + i]} is the index in {@link #sets()} of token {@code i} of a step.
 */
public final class TokenBatches {

  private final TokenSets sets;
  private final int batch;
  private final int[] picks;

  private TokenBatches(TokenSets sets, int batch, int[] picks) {
    this.sets = sets;
    this.batch = batch;
    this.picks = picks;
  }

  /**
   * Draws steps.
   *
   * @param batch tokens a step, at least 1
   * @param steps number of steps; ignored at batch 1, which takes every distinct set
   * @param random the source of the draw
   */
  public static TokenBatches draw(TokenSets sets, int batch, int steps, SeededRandom random) {
    if (sets.size() == 0) {
      throw new IllegalArgumentException("no tokens to draw from");
    }
    if (batch < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "batch " + batch + " and steps " + steps + ": both must be at least 1");
    }
    if (batch == 1) {
      var all = new int[sets.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = i;
      }
      return new TokenBatches(sets, 1, all);
    }
    var sampler = new AliasSampler(sets);
    var picks = new int[Math.multiplyExact(steps, batch)];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = sampler.draw(random);
    }
    return new TokenBatches(sets, batch, picks);
  }

  /**
   * Steps that somebody else has put together.
   *
   * @param picks {@code [steps * batch]} the set of each token; copied
   */
  public static TokenBatches of(TokenSets sets, int batch, int[] picks) {
    if (batch < 1 || picks.length == 0 || picks.length % batch != 0) {
      throw new IllegalArgumentException(
          picks.length + " tokens are no whole steps of " + batch + " tokens");
    }
    for (int set : picks) {
      if (set < 0 || set >= sets.size()) {
        throw new IllegalArgumentException(
            "token set " + set + ", must be in [0, " + sets.size() + ")");
      }
    }
    return new TokenBatches(sets, batch, picks.clone());
  }

  /** The same steps with only the tokens {@code [from, to)} of each. */
  public TokenBatches part(int from, int to) {
    int size = size();
    var part = new int[size * (to - from)];
    for (int step = 0; step < size; step++) {
      for (int token = from; token < to; token++) {
        part[step * (to - from) + token - from] = set(step, token);
      }
    }
    return of(sets, to - from, part);
  }

  public TokenSets sets() {
    return sets;
  }

  /** Tokens a step. */
  public int batch() {
    return batch;
  }

  /** Number of steps. */
  public int size() {
    return picks.length / batch;
  }

  /** The set of token {@code token} of step {@code step}. */
  public int set(int step, int token) {
    return picks[step * batch + token];
  }

  /** What the step counts for in an expectation; the weights need not add up to 1. */
  public double weight(int step) {
    return batch == 1 ? sets.tokens(picks[step]) : 1.0;
  }

  /**
   * True if the steps are all there are, so that an expectation over them has no sampling error.
   */
  public boolean exhaustive() {
    return batch == 1;
  }
}
