package coterie.analytics.kernel;

import coterie.analytics.table.StatisticsTables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** The distinct activation sets of a layer with their tokens, ascending by their experts. */
final class DistinctSets {

  /** A set and the tokens that called just this one; not a record because of its array. */
  static final class Counted implements Comparable<Counted> {

    private final short[] experts;
    private final long tokens;

    Counted(short[] experts, long tokens) {
      this.experts = experts;
      this.tokens = tokens;
    }

    short[] experts() {
      return experts;
    }

    long tokens() {
      return tokens;
    }

    @Override
    public int compareTo(Counted other) {
      return Arrays.compare(experts, other.experts);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Counted that && compareTo(that) == 0 && tokens == that.tokens;
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(experts) + Long.hashCode(tokens);
    }
  }

  private final List<Counted> sets;

  private DistinctSets(List<Counted> sets) {
    this.sets = sets;
  }

  /** Counts tokens; those that call no expert are left out. */
  static DistinctSets of(int experts, PackedTokens tokens) {
    var counter = new SetCounter(experts, tokens.topK());
    var ids = new int[tokens.topK()];
    for (int token = 0; token < tokens.tokens(); token++) {
      int size = tokens.read(token, ids);
      if (size > 0) {
        counter.add(ids, size);
      }
    }
    var sets = new ArrayList<Counted>(counter.size());
    counter.forEach((set, size, count) -> sets.add(new Counted(shorts(set, size), count)));
    sets.sort(null);
    return new DistinctSets(sets);
  }

  private static short[] shorts(int[] ids, int size) {
    var shorts = new short[size];
    for (int i = 0; i < size; i++) {
      shorts[i] = (short) ids[i];
    }
    return shorts;
  }

  List<Counted> sets() {
    return sets;
  }

  /** Rows of {@link StatisticsTables#EXPERT_SET}. */
  Iterator<Row> rows(Leaf leaf, int layerId, LeafPlan plan) {
    return sets.stream()
        .map(
            set ->
                CountRows.rowOf(
                    leaf,
                    layerId,
                    plan.tokens(),
                    boxed(set.experts()),
                    set.tokens(),
                    plan.inclusion()))
        .iterator();
  }

  static Integer[] boxed(short[] ids) {
    var boxed = new Integer[ids.length];
    for (int i = 0; i < ids.length; i++) {
      boxed[i] = (int) ids[i];
    }
    return boxed;
  }
}
