package coterie.planner.replay;

import coterie.planner.model.RequestTokens;
import coterie.planner.model.SeededRandom;
import coterie.planner.model.TokenBatches;
import java.util.Arrays;

/**
 * Puts steps together as engines do, where a step is more than tokens drawn one by one.
 *
 * <p>Runs of consecutive tokens come from requests that are drawn in proportion to the runs they
 * have; requests shorter than a run are left out.
 */
public final class StepDraw {

  private final RequestTokens tokens;
  private final SeededRandom random;

  public StepDraw(RequestTokens tokens, SeededRandom random) {
    this.tokens = tokens;
    this.random = random;
  }

  /**
   * Speculative decode: each request brings several consecutive tokens to a step.
   *
   * @param requests in flight
   * @param run tokens of each, draft and verified
   */
  public TokenBatches speculative(int requests, int run, int steps) {
    var picks = new int[Math.multiplyExact(steps, requests * run)];
    var starts = starts(run);
    for (int i = 0; i < picks.length; i += run) {
      fill(picks, i, starts, run);
    }
    return TokenBatches.of(tokens.sets(), requests * run, picks);
  }

  /**
   * Decode tokens of distinct draws with a chunk of one prompt behind them.
   *
   * @param decode tokens that decode
   * @param prefill consecutive tokens of one request; longer than any request, it goes on with the
   *     next one, as engines pack prompts into a chunk
   */
  public TokenBatches mixed(int decode, int prefill, int steps) {
    int batch = decode + prefill;
    var picks = new int[Math.multiplyExact(steps, batch)];
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < decode; i++) {
        picks[step * batch + i] = random.nextInt(tokens.sets().size());
      }
      int first = tokens.first(random.nextInt(tokens.requests()));
      for (int i = 0; i < prefill; i++) {
        picks[step * batch + decode + i] = (first + i) % tokens.sets().size();
      }
    }
    return TokenBatches.of(tokens.sets(), batch, picks);
  }

  /**
   * Padded rows of a CUDA graph: the batch is filled up to the captured size. The rows that no
   * request is in still hold tokens of earlier steps, the nearest row those of the step before; in
   * the first step they hold its own. They are routed like others and so activate experts.
   *
   * @param captured rows of the graph, at least the batch
   */
  public static TokenBatches padded(TokenBatches batches, int captured) {
    int batch = batches.batch();
    if (captured < batch) {
      throw new IllegalArgumentException(
          "a graph of %d rows does not hold a batch of %d".formatted(captured, batch));
    }
    var picks = new int[Math.multiplyExact(batches.size(), captured)];
    for (int step = 0; step < batches.size(); step++) {
      for (int row = 0; row < captured; row++) {
        int held = Math.max(0, step - row / batch);
        picks[step * captured + row] = batches.set(held, row % batch);
      }
    }
    return TokenBatches.of(batches.sets(), captured, picks);
  }

  private int[] starts(int run) {
    var starts = new int[tokens.sets().size()];
    int size = 0;
    for (int request = 0; request < tokens.requests(); request++) {
      for (int i = 0; i + run <= tokens.length(request); i++) {
        starts[size++] = tokens.first(request) + i;
      }
    }
    if (size == 0) {
      throw new IllegalArgumentException("no request has " + run + " tokens");
    }
    return Arrays.copyOf(starts, size);
  }

  private void fill(int[] picks, int at, int[] starts, int run) {
    int first = starts[random.nextInt(starts.length)];
    for (int i = 0; i < run; i++) {
      picks[at + i] = first + i;
    }
  }
}
