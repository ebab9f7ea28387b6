package coterie.planner.bound;

/** Walks through the {@code size}-subsets of {@code [0, pool)} in colexicographic order. */
final class Combinations {

  private final int pool;
  private final int[] members;

  /** Begins with the first subset; {@code size} is at most {@code pool}. */
  Combinations(int pool, int size) {
    this.pool = pool;
    members = new int[size];
    for (int i = 0; i < size; i++) {
      members[i] = i;
    }
  }

  /** The i-th smallest member. */
  int member(int i) {
    return members[i];
  }

  /** Steps to the next subset; false after the last. */
  boolean next() {
    int i = 0;
    while (i < members.length - 1 && members[i] + 1 == members[i + 1]) {
      members[i] = i;
      i++;
    }
    if (members.length == 0 || members[i] + 1 == (i == members.length - 1 ? pool : -1)) {
      return false;
    }
    members[i]++;
    return true;
  }
}
