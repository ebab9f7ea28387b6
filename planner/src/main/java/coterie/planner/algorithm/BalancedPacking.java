package coterie.planner.algorithm;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Packs items into packs of equal size so that their weights come out nearly equal.
 *
 * <p>The greedy of DeepSeek's EPLB (deepseek-ai/EPLB @ d52c72d5): items by falling weight, each to
 * the lightest pack that has room. That is LPT (Graham 1969) under a cardinality limit. O(n log n +
 * n * packs). Equal weights keep their order, and of equally light packs the first is taken.
 */
final class BalancedPacking {

  /** {@code [items]} the pack of each item. */
  final int[] pack;

  /** {@code [items]} how many items came before it into its pack. */
  final int[] rank;

  /**
   * Packs.
   *
   * @param weight {@code [items]}; the number of items is a multiple of {@code packs}
   */
  BalancedPacking(double[] weight, int packs) {
    int room = weight.length / packs;
    pack = new int[weight.length];
    rank = new int[weight.length];
    var packWeight = new double[packs];
    var packItems = new int[packs];
    for (int item : heaviestFirst(weight, room)) {
      int lightest = -1;
      for (int p = 0; p < packs; p++) {
        if (packItems[p] < room && (lightest < 0 || packWeight[p] < packWeight[lightest])) {
          lightest = p;
        }
      }
      pack[item] = lightest;
      rank[item] = packItems[lightest]++;
      packWeight[lightest] += weight[item];
    }
  }

  private static int[] heaviestFirst(double[] weight, int room) {
    var items = IntStream.range(0, weight.length);
    if (room == 1) {
      // The published code leaves items where they are if a pack takes only one.
      return items.toArray();
    }
    return items
        .boxed()
        .sorted(Comparator.comparingDouble((Integer item) -> weight[item]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  public String toString() {
    return Arrays.toString(pack);
  }
}
