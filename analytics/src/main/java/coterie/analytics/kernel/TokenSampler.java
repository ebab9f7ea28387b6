package coterie.analytics.kernel;

import java.io.Serializable;

/**
 * Decides for each token by itself whether it is in the sample.
 *
 * <p>A token is in if the fraction of its key, a hash of the seed, its request and its position,
 * falls below the wanted share: Bernoulli sampling with a fixed inclusion probability. So the
 * sample is the same for any order and number of partitions, for any format the trace came in, and
 * in every layer.
 */
final class TokenSampler implements Serializable {

  private static final long serialVersionUID = 1;

  private final long start;

  TokenSampler(long seed) {
    start = Hashes.start(seed);
  }

  /** A hash of a request's name. */
  long requestKey(String requestId) {
    return Hashes.with(start, requestId);
  }

  /** What the keys of the tokens of a block have in common: its request, or else its pass. */
  long blockKey(Block block) {
    return block.requestId() == null
        ? Hashes.with(Hashes.with(Hashes.with(start, block.sourceId()), block.step()), block.rank())
        : requestKey(block.requestId());
  }

  /** The key of a token. */
  long tokenKey(long blockKey, int position) {
    return Hashes.with(blockKey, position);
  }

  boolean includes(long blockKey, int position, double inclusion) {
    return inclusion >= 1 || Hashes.fraction(tokenKey(blockKey, position)) < inclusion;
  }
}
