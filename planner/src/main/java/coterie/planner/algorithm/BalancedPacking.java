package coterie.planner.algorithm;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Packs items into packs of equal size so that their weights come out nearly equal.
 *
 * <p>The greedy of DeepSeek's EPLB (deepseek-ai/EPLB @ d52c72d5): items by falling weight, each to
 * the lightest pack that has room. That is LPT (Graham 1969) under a cardinality limit. O(n log n).
 * Equal weights keep their order, and of equally light packs the first is taken.
 */
final class BalancedPacking {

  /** {@code [items]} the pack of each item. */
  final int[] pack;

  /** {@code [items]} how many items came before it into its pack. */
  final int[] rank;

  private final double[] packWeight;

  /** The packs with room, a binary heap: the lightest first, of equals the first. */
  private final int[] heap;

  /**
   * Packs.
   *
   * @param weight {@code [items]}; the number of items is a multiple of {@code packs}
   */
  BalancedPacking(double[] weight, int packs) {
    int room = weight.length / packs;
    pack = new int[weight.length];
    rank = new int[weight.length];
    packWeight = new double[packs];
    heap = IntStream.range(0, packs).toArray();
    var packItems = new int[packs];
    int open = packs;
    for (int item : heaviestFirst(weight, room)) {
      int lightest = heap[0];
      pack[item] = lightest;
      rank[item] = packItems[lightest]++;
      packWeight[lightest] += weight[item];
      if (packItems[lightest] == room) {
        heap[0] = heap[--open];
      }
      siftDown(open);
    }
  }

  /** Lets the pack at the top of the heap sink to where it belongs. */
  private void siftDown(int size) {
    int moving = heap[0];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], moving)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moving;
  }

  private boolean before(int packA, int packB) {
    return packWeight[packA] < packWeight[packB]
        || (packWeight[packA] == packWeight[packB] && packA < packB);
  }

  private static int[] heaviestFirst(double[] weight, int room) {
    if (room == 1) {
      // The published code leaves items where they are if a pack takes only one.
      return IntStream.range(0, weight.length).toArray();
    }
    var ascending = weight.clone();
    Arrays.sort(ascending);
    // An item comes after all heavier ones, and after the equally heavy ones with a lower index.
    var items = new int[weight.length];
    var equalBefore = new int[weight.length];
    for (int item = 0; item < weight.length; item++) {
      int heavier = heavier(ascending, weight[item]);
      items[heavier + equalBefore[heavier]++] = item;
    }
    return items;
  }

  /** How many of some ascending weights are above {@code weight}. */
  private static int heavier(double[] ascending, double weight) {
    int low = 0;
    int high = ascending.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] > weight) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return ascending.length - low;
  }

  @Override
  public String toString() {
    return Arrays.toString(pack);
  }
}
