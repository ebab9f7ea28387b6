package coterie.analytics.kernel;

import coterie.analytics.table.LoadWindowTable;
import coterie.analytics.table.StatisticsTables;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Merged counts of a layer as rows of the tables; counts of 0 have none. */
public final class CountRows {

  private final Leaf leaf;
  private final int layer;
  private final int layerId;
  private final LeafPlan plan;
  private final LayerCounts counts;
  private final int experts;

  /** Rows of a layer of a leaf. */
  public CountRows(LeafLayer key, LeafPlan plan, LayerCounts counts) {
    leaf = key.leaf();
    layer = key.layer();
    layerId = plan.model().moeLayers().get(layer);
    this.plan = plan;
    this.counts = counts;
    experts = counts.experts();
  }

  /**
   * {@code expert_load}.
   *
   * @param requests that called each expert; null without request ids
   */
  public Iterator<Row> loads(long[] requests) {
    var loads = counts.loads();
    var units = counts.gateUnits();
    return IntStream.range(0, experts)
        .filter(expert -> loads[expert] > 0)
        .mapToObj(
            expert ->
                row(
                    expert,
                    loads[expert],
                    requests == null ? null : requests[expert],
                    units == null ? null : units[expert] * Float16s.UNIT,
                    StatisticsTables.TOKENS))
        .iterator();
  }

  /** {@code coactivation}. */
  public Iterator<Row> pairs() {
    return IntStream.range(0, experts)
        .boxed()
        .flatMap(
            a ->
                IntStream.range(a + 1, experts)
                    .filter(b -> counts.pair(a, b) > 0)
                    .mapToObj(b -> row(a, b, counts.pair(a, b))))
        .iterator();
  }

  /** {@code transition}. */
  public Iterator<Row> transitions() {
    if (!counts.hasNext()) {
      return Stream.<Row>empty().iterator();
    }
    int next = plan.model().moeLayers().get(layer + 1);
    return IntStream.range(0, experts)
        .boxed()
        .flatMap(
            expert ->
                IntStream.range(0, experts)
                    .filter(to -> counts.transition(expert, to) > 0)
                    .mapToObj(to -> row(expert, next, to, counts.transition(expert, to))))
        .iterator();
  }

  /** {@code load_window}. */
  public Iterator<Row> windows() {
    return Stream.concat(
            windows(LoadWindowTable.TOKENS, counts.windows()),
            windows(LoadWindowTable.INGEST_DAY, counts.ingestDays()))
        .iterator();
  }

  private Stream<Row> windows(String kind, SortedMap<Integer, LayerCounts.WindowLoad> loads) {
    return loads.entrySet().stream().flatMap(entry -> window(kind, entry));
  }

  private Stream<Row> window(String kind, Map.Entry<Integer, LayerCounts.WindowLoad> entry) {
    var load = entry.getValue();
    return IntStream.range(0, experts)
        .filter(expert -> load.loads[expert] > 0)
        .mapToObj(expert -> row(kind, entry.getKey(), load.tokens, expert, load.loads[expert]));
  }

  private Row row(Object... statistic) {
    return rowOf(leaf, layerId, plan.tokens(), statistic);
  }

  /** A row of a statistic that is keyed by leaf and layer. */
  static Row rowOf(Leaf leaf, int layerId, long layerTokens, Object... statistic) {
    var values = new Object[8 + statistic.length];
    values[0] = leaf.model();
    values[1] = leaf.revision();
    values[2] = leaf.dataset();
    values[3] = leaf.workload();
    values[4] = leaf.day();
    values[5] = leaf.phase();
    values[6] = layerId;
    values[7] = layerTokens;
    System.arraycopy(statistic, 0, values, 8, statistic.length);
    return RowFactory.create(values);
  }
}
