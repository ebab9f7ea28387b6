package coterie.planner.model;

/**
 * The activation sets of one layer in the order in which requests produced them: what steps are
 * made of where it matters which tokens follow one another.
 *
 * <p>Tokens {@code [first(r), first(r + 1))} are those of request r; a token is a set of {@link
 * #sets()} by the same number.
 */
public final class RequestTokens {

  private final TokenSets sets;
  private final int[] first;

  /**
   * Takes over tokens.
   *
   * @param sets one for each token
   * @param first {@code [requests + 1]} where each request begins; strictly ascending from 0 to the
   *     number of tokens; copied
   */
  public RequestTokens(TokenSets sets, int[] first) {
    boolean whole = first.length > 1 && first[0] == 0 && first[first.length - 1] == sets.size();
    for (int r = 1; whole && r < first.length; r++) {
      whole = first[r - 1] < first[r];
    }
    if (!whole) {
      throw new IllegalArgumentException(
          "requests must begin at ascending tokens and cover all " + sets.size());
    }
    this.sets = sets;
    this.first = first.clone();
  }

  public TokenSets sets() {
    return sets;
  }

  /** Number of requests. */
  public int requests() {
    return first.length - 1;
  }

  /** The first token of a request; of the number of requests, the end of the last one. */
  public int first(int request) {
    return first[request];
  }

  /** Tokens of a request. */
  public int length(int request) {
    return first[request + 1] - first[request];
  }
}
