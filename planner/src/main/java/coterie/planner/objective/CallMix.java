package coterie.planner.objective;

import coterie.planner.model.TokenBatches;
import coterie.planner.routing.ReplicaChoice;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of several batch sizes in one list, with integer weights, and who calls each expert of
 * a step: the different callers of a {@link ReplicaChoice}.
 *
 * <p>An entry is a step and an expert that it calls. The entries of an expert follow one another,
 * in the order of the steps: {@code [firstEntry[expert], firstEntry[expert + 1])}. {@code
 * callers[firstCaller[entry] .. firstCaller[entry + 1])} are the callers of an entry.
 */
final class CallMix {

  private final long[] weight;
  private final int[] firstEntry;
  private final int[] stepOf;
  private final int[] firstCaller;
  private final char[] callers;

  /**
   * Gathers.
   *
   * @param batchSizes steps of each batch size, on the ranks that the rule asks for
   * @param shares {@code [batchSizes]} weight of each in the cost, above 0; their ratio matters
   * @param choice made for the largest of the batch sizes
   */
  CallMix(List<TokenBatches> batchSizes, double[] shares, ReplicaChoice choice) {
    int experts = batchSizes.get(0).sets().experts();
    weight = weights(batchSizes, shares);
    var found = new CallCollector(experts, choice);
    int step = 0;
    for (var batches : batchSizes) {
      for (int i = 0; i < batches.size(); i++) {
        found.add(batches, i, step++);
      }
    }
    firstEntry = new int[experts + 1];
    for (int i = 0; i < found.size(); i++) {
      firstEntry[found.expert(i) + 1]++;
    }
    Arrays.parallelPrefix(firstEntry, Integer::sum);
    stepOf = new int[found.size()];
    firstCaller = new int[found.size() + 1];
    var next = Arrays.copyOf(firstEntry, experts);
    var entryOf = new int[found.size()];
    for (int i = 0; i < found.size(); i++) {
      int entry = next[found.expert(i)]++;
      entryOf[i] = entry;
      stepOf[entry] = found.step(i);
      firstCaller[entry + 1] = found.endCallers(i) - found.beginCallers(i);
    }
    Arrays.parallelPrefix(firstCaller, Integer::sum);
    callers = new char[firstCaller[found.size()]];
    for (int i = 0; i < found.size(); i++) {
      found.copyCallers(i, callers, firstCaller[entryOf[i]]);
    }
  }

  private static long[] weights(List<TokenBatches> batchSizes, double[] shares) {
    double allShares = Arrays.stream(shares).sum();
    var weights = new long[batchSizes.stream().mapToInt(TokenBatches::size).sum()];
    int step = 0;
    for (int i = 0; i < shares.length; i++) {
      var batches = batchSizes.get(i);
      double all = 0;
      for (int s = 0; s < batches.size(); s++) {
        all += batches.weight(s);
      }
      for (int s = 0; s < batches.size(); s++) {
        weights[step++] =
            Math.round(SearchCost.UNITS * (shares[i] / allShares) * (batches.weight(s) / all));
      }
    }
    return weights;
  }

  int experts() {
    return firstEntry.length - 1;
  }

  /** Number of steps. */
  int size() {
    return weight.length;
  }

  /** The step's share of the whole, in units. */
  long weight(int step) {
    return weight[step];
  }

  int entries() {
    return stepOf.length;
  }

  int step(int entry) {
    return stepOf[entry];
  }

  /** The first entry of {@code expert}. */
  int begin(int expert) {
    return firstEntry[expert];
  }

  int end(int expert) {
    return firstEntry[expert + 1];
  }

  /** Where the callers of an entry begin for {@link #caller}. */
  int beginCallers(int entry) {
    return firstCaller[entry];
  }

  int endCallers(int entry) {
    return firstCaller[entry + 1];
  }

  int caller(int index) {
    return callers[index];
  }
}
