package coterie.analytics.compare;

import java.util.List;

/** The loads of all sides in one layer, and those of the replicates of a bootstrap. */
final class SideLoads {

  private final int experts;
  private final int replicates;
  private final long[][] loads;
  private final long[][][] resampled;

  SideLoads(int sides, int experts, int replicates) {
    this.experts = experts;
    this.replicates = replicates;
    loads = new long[sides][experts];
    resampled = new long[sides][][];
  }

  void add(List<Integer> sides, int expert, long tokens) {
    for (int side : sides) {
      loads[side][expert] += tokens;
    }
  }

  /** Adds a request as often as it counts in each replicate. */
  void addRequest(List<Integer> sides, List<Integer> counts, int[] weights) {
    for (int side : sides) {
      if (resampled[side] == null) {
        resampled[side] = new long[replicates][experts];
      }
      for (int replicate = 0; replicate < replicates; replicate++) {
        if (weights[replicate] > 0) {
          add(resampled[side][replicate], counts, weights[replicate]);
        }
      }
    }
  }

  private static void add(long[] sums, List<Integer> counts, int weight) {
    int expert = 0;
    for (int count : counts) {
      sums[expert++] += (long) count * weight;
    }
  }

  long[] load(int side) {
    return loads[side];
  }

  boolean isEmpty(int side) {
    return LoadComparison.sum(loads[side]) == 0;
  }

  /** The replicates of a side; null if it has no requests. */
  long[][] resampled(int side) {
    return resampled[side];
  }
}
