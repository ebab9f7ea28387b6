package coterie.analytics.compare;

import coterie.analytics.compare.Comparisons.Pair;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@code SimilarityTable}. */
final class SimilarityRow implements PairRow {

  private static final long serialVersionUID = 1;

  private final int topExperts;

  SimilarityRow(int topExperts) {
    this.topExperts = topExperts;
  }

  @Override
  public Row row(LayerComparison.Layer layer, Comparisons sides, Pair pair, SideLoads loads) {
    var left = loads.load(pair.left());
    var right = loads.load(pair.right());
    int n = Math.min(topExperts, left.length);
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
        sides.extent(pair.left()).tokens(),
        other.dataset(),
        other.workload(),
        sides.extent(pair.right()).tokens(),
        LoadComparison.cosine(left, right),
        LoadComparison.shared(left, right),
        LoadComparison.distance(left, right),
        n,
        LoadComparison.overlap(left, right, n));
  }
}
