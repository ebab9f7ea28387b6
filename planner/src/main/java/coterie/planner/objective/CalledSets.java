package coterie.planner.objective;

import coterie.planner.model.TokenSets;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Activation sets with integer prices, and for each expert the sets that hold it. */
final class CalledSets {

  private final TokenSets sets;

  /** {@code [sets]} units of cost for each distinct GPU, and each distinct node, of a set. */
  private final long[] gpuUnits;

  private final long[] nodeUnits;

  /** {@code [experts + 1]} where the sets of each expert begin in {@code setsOf}. */
  private final int[] first;

  private final int[] setsOf;
  private final int words;

  /** {@code [set * words + expert / 64]} bits of the experts of a set. */
  private final long[] called;

  CalledSets(TokenSets sets, TrafficPrice price) {
    this.sets = sets;
    double unitsPerToken = SearchCost.UNITS / sets.totalTokens();
    gpuUnits = new long[sets.size()];
    nodeUnits = new long[sets.size()];
    Arrays.setAll(gpuUnits, set -> Math.round(sets.tokens(set) * price.perGpu() * unitsPerToken));
    Arrays.setAll(nodeUnits, set -> Math.round(sets.tokens(set) * price.perNode() * unitsPerToken));
    words = (sets.experts() + 63) / 64;
    called = new long[sets.size() * words];
    first = new int[sets.experts() + 1];
    setsOf = new int[sets.size() == 0 ? 0 : sets.to(sets.size() - 1)];
    for (int i = 0; i < setsOf.length; i++) {
      first[sets.member(i) + 1]++;
    }
    Arrays.parallelPrefix(first, Integer::sum);
    var next = Arrays.copyOf(first, sets.experts());
    for (int set = 0; set < sets.size(); set++) {
      for (int i = sets.from(set); i < sets.to(set); i++) {
        int expert = sets.member(i);
        setsOf[next[expert]++] = set;
        called[set * words + (expert >> 6)] |= 1L << expert;
      }
    }
  }

  int size() {
    return sets.size();
  }

  long gpuUnits(int set) {
    return gpuUnits[set];
  }

  long nodeUnits(int set) {
    return nodeUnits[set];
  }

  /** The mean of a number that each set has, over tokens. */
  double mean(IntUnaryOperator numberOfSet) {
    double sum = 0;
    for (int set = 0; set < sets.size(); set++) {
      sum += sets.tokens(set) * numberOfSet.applyAsInt(set);
    }
    return sum / sets.totalTokens();
  }

  int from(int set) {
    return sets.from(set);
  }

  int to(int set) {
    return sets.to(set);
  }

  int member(int index) {
    return sets.member(index);
  }

  /** Where the sets of {@code expert} begin for {@link #setOf}. */
  int begin(int expert) {
    return first[expert];
  }

  int end(int expert) {
    return first[expert + 1];
  }

  int setOf(int index) {
    return setsOf[index];
  }

  boolean holds(int set, int expert) {
    return (called[set * words + (expert >> 6)] >>> expert & 1) != 0;
  }
}
