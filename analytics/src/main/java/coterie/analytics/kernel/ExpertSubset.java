package coterie.analytics.kernel;

import java.io.Serializable;
import java.util.Arrays;

/** Some experts of a layer, ascending; a value, ordered as their ids read. */
public final class ExpertSubset implements Comparable<ExpertSubset>, Serializable {

  private static final long serialVersionUID = 1;

  private final short[] experts;

  /** Takes the array over. */
  ExpertSubset(short[] experts) {
    this.experts = experts;
  }

  int size() {
    return experts.length;
  }

  int expert(int index) {
    return experts[index];
  }

  /** How many experts this and another have in common from the first on. */
  int commonPrefix(ExpertSubset other) {
    int mismatch = Arrays.mismatch(experts, other.experts);
    return mismatch < 0 ? experts.length : mismatch;
  }

  /** For a column of rows. */
  Integer[] boxed() {
    return DistinctSets.boxed(experts);
  }

  @Override
  public int compareTo(ExpertSubset other) {
    return Arrays.compare(experts, other.experts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExpertSubset that && Arrays.equals(experts, that.experts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(experts);
  }

  @Override
  public String toString() {
    return Arrays.toString(experts);
  }
}
