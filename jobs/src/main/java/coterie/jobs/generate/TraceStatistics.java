package coterie.jobs.generate;

import coterie.analytics.compare.LoadComparison;
import coterie.planner.model.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the generator is fitted by, counted from decode tokens of requests, made up or real.
 *
 * <p>Means over layers unless said otherwise. Memory: experts squared of counts a layer, and the
 * first {@value #SETS_FROM} tokens' sets.
 */
public final class TraceStatistics {

  /** Tokens whose sets are told apart: the number of distinct ones grows with the tokens. */
  private static final int SETS_FROM = 10_000;

  private final int layers;
  private final int experts;
  private final int topK;
  private final long[][] load;

  /** {@code [layer][a * experts + b]} tokens that called both. */
  private final long[][] pairs;

  private final List<Set<Long>> sets = new ArrayList<>();
  private final int[] last;
  private final int[] lengths = new int[1 << 16];
  private long tokens;
  private long requests;
  private long followers;
  private long shared;
  private long requestTokens;

  public TraceStatistics(int layers, int experts, int topK) {
    this.layers = layers;
    this.experts = experts;
    this.topK = topK;
    load = new long[layers][experts];
    pairs = new long[layers][experts * experts];
    for (int layer = 0; layer < layers; layer++) {
      sets.add(new HashSet<>());
    }
    last = new int[layers * topK];
  }

  /** Begins a request. */
  public void begin() {
    requestTokens = 0;
  }

  /**
   * Counts the next decode token of the request.
   *
   * @param ids {@code [layers][k]}, flat; distinct within a layer
   */
  public void token(int[] ids) {
    for (int layer = 0; layer < layers; layer++) {
      count(layer, ids, layer * topK);
    }
    tokens++;
    requestTokens++;
    System.arraycopy(ids, 0, last, 0, last.length);
  }

  private void count(int layer, int[] ids, int from) {
    long hash = 0;
    for (int i = from; i < from + topK; i++) {
      load[layer][ids[i]]++;
      hash += mix(ids[i]);
      for (int j = from; j < from + topK; j++) {
        if (ids[i] < ids[j]) {
          pairs[layer][ids[i] * experts + ids[j]]++;
        }
        shared += requestTokens > 0 && last[j] == ids[i] ? 1 : 0;
      }
    }
    followers += requestTokens > 0 ? 1 : 0;
    if (tokens < SETS_FROM) {
      sets.get(layer).add(hash);
    }
  }

  /** A set's sum of these does not depend on the order of its experts. */
  private static long mix(int expert) {
    return SeededRandom.mix(expert + 1L);
  }

  /** Ends a request. */
  public void end() {
    requests++;
    lengths[(int) Math.min(requestTokens, lengths.length - 1)]++;
  }

  public long tokens() {
    return tokens;
  }

  public long requests() {
    return requests;
  }

  /** Tokens of the busiest expert over the mean. */
  public double busiestOverMean() {
    double sum = 0;
    for (var layer : load) {
      sum += Arrays.stream(layer).max().orElse(0) * (double) experts / topK / tokens;
    }
    return sum / layers;
  }

  /** Gini coefficient of the experts' loads, 0 if all are alike. */
  public double loadGini() {
    double sum = 0;
    for (var layer : load) {
      var sorted = Arrays.stream(layer).sorted().toArray();
      double weighted = 0;
      for (int i = 0; i < experts; i++) {
        weighted += (2.0 * (i + 1) - experts - 1) * sorted[i];
      }
      sum += weighted / experts / ((double) tokens * topK);
    }
    return sum / layers;
  }

  /** Lift of a pair that a token calls, mean over such pairs: 1 if experts are independent. */
  public double meetingLift() {
    double sum = 0;
    double weight = 0;
    for (int layer = 0; layer < layers; layer++) {
      for (int a = 0; a < experts; a++) {
        for (int b = a + 1; b < experts; b++) {
          sum += pairs[layer][a * experts + b] * lift(layer, a, b);
          weight += pairs[layer][a * experts + b];
        }
      }
    }
    return sum / weight;
  }

  /** Lift below which a share of all pairs lies, mean over layers. */
  public double liftQuantile(double share) {
    double sum = 0;
    for (int layer = 0; layer < layers; layer++) {
      var lifts = new double[experts * (experts - 1) / 2];
      int n = 0;
      for (int a = 0; a < experts; a++) {
        for (int b = a + 1; b < experts; b++) {
          lifts[n++] = lift(layer, a, b);
        }
      }
      Arrays.sort(lifts);
      sum += lifts[(int) Math.min(lifts.length - 1L, (long) (share * lifts.length))];
    }
    return sum / layers;
  }

  private double lift(int layer, int a, int b) {
    double chance = (double) load[layer][a] * load[layer][b] / tokens;
    return chance == 0 ? 0 : pairs[layer][a * experts + b] / chance;
  }

  /** Share of a token's experts that the token before it called too. */
  public double reuse() {
    return (double) shared / followers / topK;
  }

  /** Distinct sets among the first tokens, a share of them. */
  public double distinctSets() {
    return sets.stream().mapToInt(Set::size).average().orElse(0) / Math.min(tokens, SETS_FROM);
  }

  /** Jensen-Shannon distance of the loads to those of other tokens, 0 to 1. */
  public double drift(TraceStatistics other) {
    double sum = 0;
    for (int layer = 0; layer < layers; layer++) {
      sum += LoadComparison.distance(load[layer], other.load[layer]);
    }
    return sum / layers;
  }

  /** Decode tokens of a request, mean. */
  public double meanLength() {
    return (double) tokens / requests;
  }

  /** Decode tokens that a share of the requests do not exceed. */
  public int lengthQuantile(double share) {
    long seen = 0;
    for (int length = 0; length < lengths.length; length++) {
      seen += lengths[length];
      if (seen >= share * requests) {
        return length;
      }
    }
    return lengths.length;
  }
}
