package coterie.planner.bound;

/**
 * All sets of at most {@code largest} experts, numbered, with sums over subsets and supersets.
 *
 * <p>Sets are numbered by size and within a size in colexicographic order: {@code {s1 < s2 < ..}}
 * has rank {@code C(s1, 1) + C(s2, 2) + ..} (Knuth, TAOCP 4A, 7.2.1.3). Both sums go through the
 * sets once an expert (Yates's method), so they cost as many additions as the sets have members.
 */
final class SubsetLattice {

  /** Above this many members of sets in all a lattice takes too much memory. */
  private static final double MOST_MEMBERS = 2e7;

  private final int experts;
  private final int largest;
  private final int[][] choose;

  /** {@code [size]} number of the first set of that size; one more entry for the end. */
  private final int[] first;

  /** Pairs of a set and the same set without one expert, expert by expert. */
  private final int[] with;

  private final int[] without;

  SubsetLattice(int experts, int largest) {
    this.experts = experts;
    this.largest = largest;
    choose = new int[experts + 1][largest + 2];
    for (int i = 0; i <= experts; i++) {
      choose[i][0] = 1;
      for (int j = 1; i > 0 && j <= largest + 1; j++) {
        choose[i][j] = choose[i - 1][j - 1] + choose[i - 1][j];
      }
    }
    first = new int[largest + 2];
    int members = 0;
    for (int size = 0; size <= largest; size++) {
      first[size + 1] = first[size] + choose[experts][size];
      members += size * choose[experts][size];
    }
    with = new int[members];
    without = new int[members];
    link();
  }

  /** True if a lattice of this shape is small enough to work with. */
  static boolean fits(int experts, int largest) {
    double members = 0;
    for (int size = 1; size <= largest; size++) {
      members += size * Binomial.of(experts, size);
    }
    return members <= MOST_MEMBERS;
  }

  private void link() {
    int perExpert = with.length / experts;
    var next = new int[experts];
    for (int expert = 0; expert < experts; expert++) {
      next[expert] = expert * perExpert;
    }
    for (int size = 1; size <= largest; size++) {
      var subsets = new Combinations(experts, size);
      int id = first[size];
      do {
        for (int left = 0; left < size; left++) {
          int at = next[subsets.member(left)]++;
          with[at] = id;
          without[at] = numberWithout(subsets, size, left);
        }
        id++;
      } while (subsets.next());
    }
  }

  private int numberWithout(Combinations set, int size, int left) {
    int id = first[size - 1];
    int rank = 0;
    for (int i = 0; i < size; i++) {
      if (i != left) {
        id += choose[set.member(i)][++rank];
      }
    }
    return id;
  }

  int experts() {
    return experts;
  }

  int largest() {
    return largest;
  }

  /** Number of sets, the empty one included. */
  int size() {
    return first[largest + 1];
  }

  /** Number of the first set with {@code members} experts. */
  int first(int members) {
    return first[members];
  }

  /** The number of the set that holds the {@code size} ascending experts chosen of {@code pool}. */
  int number(int[] pool, Combinations chosen, int size) {
    int id = first[size];
    for (int i = 0; i < size; i++) {
      id += choose[pool[chosen.member(i)]][i + 1];
    }
    return id;
  }

  /** Replaces {@code values[S]} by the sum over the subsets of S. */
  void sumOverSubsets(double[] values) {
    for (int i = 0; i < with.length; i++) {
      values[with[i]] += values[without[i]];
    }
  }

  /** Replaces {@code values[S]} by the sum over the supersets of S. */
  void sumOverSupersets(double[] values) {
    for (int i = 0; i < with.length; i++) {
      values[without[i]] += values[with[i]];
    }
  }
}
