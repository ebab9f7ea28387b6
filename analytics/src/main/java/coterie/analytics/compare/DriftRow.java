package coterie.analytics.compare;

import coterie.analytics.compare.Comparisons.Extent;
import coterie.analytics.compare.Comparisons.Pair;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@code DriftTable}. */
final class DriftRow implements PairRow {

  private static final long serialVersionUID = 1;

  private final int topExperts;
  private final int replicates;

  DriftRow(int topExperts, int replicates) {
    this.topExperts = topExperts;
    this.replicates = replicates;
  }

  @Override
  public Row row(LayerComparison.Layer layer, Comparisons sides, Pair pair, SideLoads loads) {
    var left = loads.load(pair.left());
    var right = loads.load(pair.right());
    int n = Math.min(topExperts, left.length);
    double distance = LoadComparison.distance(left, right);
    double overlap = LoadComparison.overlap(left, right, n);
    var intervals = intervals(sides, pair, loads, n, distance, overlap);
    var one = sides.side(pair.left());
    var other = sides.side(pair.right());
    return RowFactory.create(
        layer.group().model(),
        layer.group().revision(),
        layer.group().phase(),
        layer.id(),
        one.kind(),
        one.dataset(),
        one.workload(),
        one.day(),
        one.window(),
        sides.extent(pair.left()).tokens(),
        sides.extent(pair.left()).requests(),
        other.dataset(),
        other.workload(),
        other.day(),
        other.window(),
        sides.extent(pair.right()).tokens(),
        sides.extent(pair.right()).requests(),
        distance,
        intervals[0],
        intervals[1],
        n,
        overlap,
        intervals[2],
        intervals[3],
        intervals[0] == null ? 0 : replicates);
  }

  /** Ends for the distance, then for the overlap; nulls without request ids. */
  private Double[] intervals(
      Comparisons sides, Pair pair, SideLoads loads, int n, double distance, double overlap) {
    var left = replicates(sides.extent(pair.left()), loads.resampled(pair.left()));
    var right = replicates(sides.extent(pair.right()), loads.resampled(pair.right()));
    var distances = new double[replicates];
    var overlaps = new double[replicates];
    int used = 0;
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      if (LoadComparison.sum(left[i]) > 0 && LoadComparison.sum(right[i]) > 0) {
        distances[used] = LoadComparison.distance(left[i], right[i]);
        overlaps[used++] = LoadComparison.overlap(left[i], right[i], n);
      }
    }
    if (used == 0) {
      return new Double[4];
    }
    var ofDistance = Bootstrap.interval(distance, Arrays.copyOf(distances, used));
    var ofOverlap = Bootstrap.interval(overlap, Arrays.copyOf(overlaps, used));
    return new Double[] {ofDistance[0], ofDistance[1], ofOverlap[0], ofOverlap[1]};
  }

  private static long[][] replicates(Extent extent, long[][] resampled) {
    return extent.named() && resampled != null ? resampled : new long[0][];
  }
}
