package coterie.planner.algorithm;

import java.util.Arrays;

/**
 * How many replicas each expert gets: one, then one at a time to the expert with the most tokens a
 * replica.
 *
 * <p>DeepSeek's rule (deepseek-ai/EPLB) with a cap. No other counts make the largest load of a
 * replica smaller: the expert that has it then would need another replica, and taking it from any
 * other brings that one's share back above. O(spares * experts).
 */
final class ReplicaCounts {

  private ReplicaCounts() {}

  /**
   * Counts.
   *
   * @param load {@code [experts]} tokens
   * @param slots replicas in all; from {@code experts} to {@code experts * most}
   * @param most replicas of one expert at most: more than GPUs would be twins
   * @return {@code [experts]}, each from 1 to {@code most}, {@code slots} in sum
   */
  static int[] greedy(double[] load, int slots, int most) {
    var copies = new int[load.length];
    Arrays.fill(copies, 1);
    for (int spare = load.length; spare < slots; spare++) {
      int chosen = -1;
      for (int expert = 0; expert < load.length; expert++) {
        if (copies[expert] < most
            && (chosen < 0 || load[expert] / copies[expert] > load[chosen] / copies[chosen])) {
          chosen = expert;
        }
      }
      copies[chosen]++;
    }
    return copies;
  }
}
