package coterie.analytics.compare;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.Comparator;

/**
 * One side of a comparison: what it does not name it sums over.
 *
 * @param kind one of {@code DriftTable}'s
 * @param workload null if it is not of one workload
 * @param day null if it is not of one day
 * @param window null if it is not a token window
 */
record Side(String kind, String dataset, String workload, LocalDate day, Integer window)
    implements Serializable, Comparable<Side> {

  private static final Comparator<Side> ORDER =
      Comparator.comparing(Side::kind)
          .thenComparing(Side::dataset)
          .thenComparing(Side::workload, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Side::day, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Side::window, Comparator.nullsFirst(Comparator.naturalOrder()));

  @Override
  public int compareTo(Side other) {
    return ORDER.compare(this, other);
  }
}
