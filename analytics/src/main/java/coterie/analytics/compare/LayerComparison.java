package coterie.analytics.compare;

import coterie.analytics.kernel.Leaf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Compares loads layer by layer: rows come sorted by model, revision, phase and layer, so that a
 * task holds the sides of one layer at a time, however many requests stream by.
 */
public final class LayerComparison implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  /** {@code source} of rows of {@code expert_load}. */
  public static final String LOAD = "load";

  /** {@code source} of rows of {@code load_window}. */
  public static final String WINDOW = "window";

  /** {@code source} of rows of {@code request_signature}. */
  public static final String REQUEST = "request";

  /** A layer of a group. */
  record Layer(Group group, int id) {}

  private final Broadcast<Map<Group, Comparisons>> comparisons;
  private final PairRow pairRow;
  private final Bootstrap bootstrap;

  LayerComparison(
      Broadcast<Map<Group, Comparisons>> comparisons, PairRow pairRow, Bootstrap bootstrap) {
    this.comparisons = comparisons;
    this.pairRow = pairRow;
    this.bootstrap = bootstrap;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Layers(rows);
  }

  private final class Layers implements Iterator<Row> {

    private final Iterator<Row> rows;
    private Iterator<Row> compared = Collections.emptyIterator();
    private Row ahead;

    Layers(Iterator<Row> rows) {
      this.rows = rows;
      ahead = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
      while (!compared.hasNext() && ahead != null) {
        compared = nextLayer();
      }
      return compared.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return compared.next();
    }

    private Iterator<Row> nextLayer() {
      var layer = layerOf(ahead);
      var own = comparisons.value().get(layer.group());
      var loads =
          new SideLoads(own.size(), ahead.<Integer>getAs("experts"), bootstrap.replicates());
      while (ahead != null && layerOf(ahead).equals(layer)) {
        add(ahead, own, loads);
        ahead = rows.hasNext() ? rows.next() : null;
      }
      var result = new ArrayList<Row>();
      for (var pair : own.pairs()) {
        if (!loads.isEmpty(pair.left()) && !loads.isEmpty(pair.right())) {
          result.add(pairRow.row(layer, own, pair, loads));
        }
      }
      return result.iterator();
    }

    private Layer layerOf(Row row) {
      return new Layer(Group.of(row), row.<Integer>getAs("layer"));
    }

    private void add(Row row, Comparisons own, SideLoads loads) {
      var leaf = Leaf.of(row);
      String source = row.getAs("source");
      if (source.equals(LOAD)) {
        loads.add(own.sidesOf(leaf, null), row.<Integer>getAs("expert"), row.<Long>getAs("tokens"));
        return;
      }
      Integer window = row.getAs("window");
      if (source.equals(WINDOW)) {
        loads.add(
            own.sidesOf(leaf, window), row.<Integer>getAs("expert"), row.<Long>getAs("tokens"));
        return;
      }
      List<Integer> counts = row.getList(row.fieldIndex("counts"));
      int[] weights = bootstrap.weights(row.getAs("request_id"));
      loads.addRequest(own.sidesOf(leaf, null), counts, weights);
      loads.addRequest(own.sidesOf(leaf, window), counts, weights);
    }
  }
}
