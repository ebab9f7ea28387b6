package coterie.planner.replay;

import java.io.Serializable;

/**
 * Requests in the order in which they come, with the tokens that they have.
 *
 * <p>Tokens are numbered through all requests: those of request r are {@code [first(r), first(r +
 * 1))}, its prompt before what it decoded.
 */
public final class RequestQueue implements Serializable {

  private static final long serialVersionUID = 1;

  /** {@code [requests + 1]} */
  private final int[] first;

  /** {@code [requests]} */
  private final int[] prefill;

  /**
   * A queue.
   *
   * @param prefill {@code [requests]} tokens of each prompt; 0 where the trace has none
   * @param decode {@code [requests]} tokens that each request decoded; with the prompt at least 1
   */
  public RequestQueue(int[] prefill, int[] decode) {
    this.prefill = prefill.clone();
    first = new int[prefill.length + 1];
    for (int request = 0; request < prefill.length; request++) {
      int tokens = Math.addExact(prefill[request], decode[request]);
      if (prefill[request] < 0 || decode[request] < 0 || tokens == 0) {
        throw new IllegalArgumentException(
            "request %d has %d prefill and %d decode tokens: cannot be"
                .formatted(request, prefill[request], decode[request]));
      }
      first[request + 1] = Math.addExact(first[request], tokens);
    }
  }

  /** Number of requests. */
  public int size() {
    return prefill.length;
  }

  /** The first token of a request; of the number of requests, the number of all tokens. */
  public int first(int request) {
    return first[request];
  }

  /** Tokens of a request, its prompt included. */
  public int tokens(int request) {
    return first[request + 1] - first[request];
  }

  /** Tokens of a request's prompt. */
  public int prefill(int request) {
    return prefill[request];
  }

  /** Tokens that a request decodes. */
  public int decode(int request) {
    return tokens(request) - prefill[request];
  }

  /** Tokens of all requests. */
  public int totalTokens() {
    return first[prefill.length];
  }

  /** True if any request has a prompt. */
  public boolean hasPrefill() {
    for (int tokens : prefill) {
      if (tokens > 0) {
        return true;
      }
    }
    return false;
  }

  /** All requests, in order. */
  public int[] inOrder() {
    var order = new int[size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    return order;
  }
}
