package coterie.analytics.kernel;

import java.io.Serializable;

/**
 * Decides for each token by itself whether it is in the sample.
 *
 * <p>A token is in if a hash of the seed, its request and its position falls below the wanted
 * share: Bernoulli sampling with a fixed inclusion probability. So the sample is the same for any
 * order and number of partitions, for any format the trace came in, and in every layer.
 */
final class TokenSampler implements Serializable {

  private static final long serialVersionUID = 1;
  private static final double TWO_TO_53 = 0x1.0p53;

  private final long seed;

  TokenSampler(long seed) {
    this.seed = seed;
  }

  /** A hash of a request's name, for {@link #includes}. */
  long requestKey(String requestId) {
    long hash = seed;
    for (int i = 0; i < requestId.length(); i++) {
      hash = mix(hash * 31 + requestId.charAt(i));
    }
    return hash;
  }

  /** A key for blocks without a request: of a forward pass, or of a whole file. */
  long passKey(long sourceId, Long step, Integer rank) {
    long pass = step == null ? 0 : step;
    long part = rank == null ? 0 : rank;
    return mix(seed ^ mix(sourceId ^ mix(pass) ^ mix(~part)));
  }

  boolean includes(long requestKey, int position, double inclusion) {
    return inclusion >= 1 || (mix(requestKey + position) >>> 11) < inclusion * TWO_TO_53;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
