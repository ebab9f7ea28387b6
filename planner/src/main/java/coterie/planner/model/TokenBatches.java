package coterie.planner.model;

/**
 * Steps of one layer, each a batch of tokens, drawn by the {@code token} sampler.
 *
 * <p>At batch 1 every distinct set is one step weighted by its tokens, so an expectation over the
 * steps is exact over all tokens. At larger batches each step is {@code batch} tokens drawn
 * uniformly with replacement, and all steps weigh the same.
 *
 * <p>Under data-parallel attention every token starts on a rank, where its attention ran: token i
 * of step b on rank {@code (b + i) mod ranks}, so that every rank has as many tokens as any other,
 * one more or less. At batch 1 each distinct set then is one step for each rank, with equal
 * weights. Without ranks (tensor-parallel attention) every GPU sees the whole batch.
 *
 * <p>{@code picks[drawn * batch + i]} is the index in {@link #sets()} of token {@code i} of a step;
 * {@code repeats} consecutive steps are drawn once.
 */
public final class TokenBatches {

  private final TokenSets sets;
  private final int batch;
  private final int[] picks;
  private final int ranks;
  private final int repeats;

  private TokenBatches(TokenSets sets, int batch, int[] picks, int ranks) {
    this.sets = sets;
    this.batch = batch;
    this.picks = picks;
    this.ranks = ranks;
    repeats = batch == 1 ? ranks : 1;
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
      return new TokenBatches(sets, 1, all, 1);
    }
    var sampler = new AliasSampler(sets.tokens());
    var picks = new int[Math.multiplyExact(steps, batch)];
    for (int i = 0; i < picks.length; i++) {
      picks[i] = sampler.draw(random);
    }
    return new TokenBatches(sets, batch, picks, 1);
  }

  /**
   * The same steps with their tokens spread over ranks.
   *
   * @param ranks ranks of data-parallel attention, at least 1; 1 is the same as none
   */
  public TokenBatches onRanks(int ranks) {
    if (ranks < 1) {
      throw new IllegalArgumentException("ranks is " + ranks + ", must be at least 1");
    }
    return new TokenBatches(sets, batch, picks, ranks);
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
    return new TokenBatches(sets, batch, picks.clone(), 1);
  }

  /**
   * The same steps with only the tokens {@code [from, to)} of each, two or more; on as many ranks,
   * the first of them where the step's first token was.
   */
  public TokenBatches part(int from, int to) {
    if (from < 0 || to > batch || to - from < 2) {
      throw new IllegalArgumentException(
          "tokens [%d, %d) are no part of a step of %d".formatted(from, to, batch));
    }
    int size = size();
    var part = new int[size * (to - from)];
    for (int step = 0; step < size; step++) {
      for (int token = from; token < to; token++) {
        part[step * (to - from) + token - from] = set(step, token);
      }
    }
    return of(sets, to - from, part).onRanks(ranks);
  }

  public TokenSets sets() {
    return sets;
  }

  /** Tokens a step. */
  public int batch() {
    return batch;
  }

  /** Calls of a step, a token and one of its experts each: no step has more. */
  public int mostCalls() {
    return Math.multiplyExact(batch, sets.mostMembers());
  }

  /** Number of steps. */
  public int size() {
    return picks.length / batch * repeats;
  }

  /** The set of token {@code token} of step {@code step}. */
  public int set(int step, int token) {
    return picks[step / repeats * batch + token];
  }

  /** Ranks that tokens start on; 1 if every GPU sees the whole batch. */
  public int ranks() {
    return ranks;
  }

  /** The rank that token {@code token} of step {@code step} starts on, in {@code [0, ranks)}. */
  public int rank(int step, int token) {
    return (step + token) % ranks;
  }

  /** How many tokens of the step precede this one on its rank. */
  public int indexOnRank(int token) {
    return token / ranks;
  }

  /** What the step counts for in an expectation; the weights need not add up to 1. */
  public double weight(int step) {
    return batch == 1 ? sets.tokens(set(step, 0)) : 1.0;
  }

  /**
   * True if the steps are all there are, so that an expectation over them has no sampling error.
   */
  public boolean exhaustive() {
    return batch == 1;
  }
}
