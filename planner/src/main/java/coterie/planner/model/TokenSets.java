package coterie.planner.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The activation sets of one layer: the distinct sets of experts that tokens called, and how many
 * tokens called each.
 *
 * <p>Because a {@code token} batch is drawn with replacement from all tokens alike, distinct sets
 * with their counts say as much as the tokens themselves.
 *
 * <p>Arrays: {@code members[offsets[i] .. offsets[i + 1])} are the experts of set {@code i},
 * ascending; {@code tokens[i]} its weight in tokens, above 0 (fractional where the tokens are a
 * sample that stands for more).
 */
public final class TokenSets implements Serializable {

  private static final long serialVersionUID = 1;

  private final int experts;
  private final int[] offsets;
  private final short[] members;
  private final double[] tokens;
  private final double totalTokens;
  private final int mostMembers;

  private TokenSets(int experts, int[] offsets, short[] members, double[] tokens) {
    this.experts = experts;
    this.offsets = offsets;
    this.members = members;
    this.tokens = tokens;
    this.totalTokens = Arrays.stream(tokens).sum();
    int most = 0;
    for (int set = 0; set < tokens.length; set++) {
      most = Math.max(most, offsets[set + 1] - offsets[set]);
    }
    mostMembers = most;
  }

  /** Starts an empty collection for a layer of {@code experts} experts, at most 32,767. */
  public static Builder builder(int experts) {
    return new Builder(experts);
  }

  public int experts() {
    return experts;
  }

  /** Number of distinct sets. */
  public int size() {
    return tokens.length;
  }

  /** Tokens that called set {@code set}. */
  public double tokens(int set) {
    return tokens[set];
  }

  /** {@code [sets]} tokens of each; for reading. */
  double[] tokens() {
    return tokens;
  }

  /** Experts of the largest set, at least 1 if there is one. */
  public int mostMembers() {
    return mostMembers;
  }

  /** Tokens of all sets together. */
  public double totalTokens() {
    return totalTokens;
  }

  /** Where the experts of {@code set} begin for {@link #member}. */
  public int from(int set) {
    return offsets[set];
  }

  /** Where the experts of {@code set} end, exclusive. */
  public int to(int set) {
    return offsets[set + 1];
  }

  /** The expert at {@code index} of the concatenated sets. */
  public int member(int index) {
    return members[index];
  }

  /** The experts of {@code set}, ascending; a copy. */
  public int[] set(int set) {
    var experts = new int[offsets[set + 1] - offsets[set]];
    for (int i = 0; i < experts.length; i++) {
      experts[i] = members[offsets[set] + i];
    }
    return experts;
  }

  /** {@code [experts]} tokens that called each expert. */
  public double[] expertLoad() {
    var load = new double[experts];
    for (int set = 0; set < size(); set++) {
      for (int i = offsets[set]; i < offsets[set + 1]; i++) {
        load[members[i]] += tokens[set];
      }
    }
    return load;
  }

  /** Collects sets; the order of {@link #add} is the order of the result. */
  public static final class Builder {

    private final int experts;
    private int[] offsets = new int[1024];
    private short[] members = new short[8192];
    private double[] tokens = new double[1024];
    private int size;

    private Builder(int experts) {
      if (experts < 1 || experts > Short.MAX_VALUE) {
        throw new IllegalArgumentException(
            "experts is " + experts + ", must be in [1, " + Short.MAX_VALUE + "]");
      }
      this.experts = experts;
    }

    /**
     * Adds a set.
     *
     * @param set expert ids, strictly ascending, in {@code [0, experts)}; not empty
     * @param weight tokens that called it, above 0
     */
    public Builder add(int[] set, double weight) {
      check(set, weight);
      int end = offsets[size];
      if (size + 2 > offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * offsets.length);
        tokens = Arrays.copyOf(tokens, 2 * tokens.length);
      }
      if (end + set.length > members.length) {
        members = Arrays.copyOf(members, 2 * members.length + set.length);
      }
      for (int expert : set) {
        members[end++] = (short) expert;
      }
      tokens[size] = weight;
      offsets[++size] = end;
      return this;
    }

    private void check(int[] set, double weight) {
      if (set.length == 0 || !(weight > 0)) {
        throw new IllegalArgumentException(
            "set " + Arrays.toString(set) + " with " + weight + " tokens: both must be positive");
      }
      int last = -1;
      for (int expert : set) {
        if (expert <= last || expert >= experts) {
          throw new IllegalArgumentException(
              "set " + Arrays.toString(set) + ": ids must ascend within [0, " + experts + ")");
        }
        last = expert;
      }
    }

    public TokenSets build() {
      return new TokenSets(
          experts,
          Arrays.copyOf(offsets, size + 1),
          Arrays.copyOf(members, offsets[size]),
          Arrays.copyOf(tokens, size));
    }
  }
}
