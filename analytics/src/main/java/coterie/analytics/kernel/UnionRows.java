package coterie.analytics.kernel;

import coterie.analytics.table.UnionSizeTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Rows of {@link UnionSizeTable} for a layer of a leaf. */
public final class UnionRows {

  private final LeafLayer key;
  private final LeafPlan plan;
  private final LayerSummary summary;
  private final Long requests;

  /**
   * For a layer of a leaf.
   *
   * @param requests of the leaf; null if some blocks have no request id
   */
  public UnionRows(LeafLayer key, LeafPlan plan, LayerSummary summary, Long requests) {
    this.key = key;
    this.plan = plan;
    this.summary = summary;
    this.requests = requests;
  }

  /** By the token sampler, from the sampled tokens of the layer. */
  public Iterator<Row> byToken(PackedTokens sample, int batches, long seed) {
    int experts = plan.model().experts();
    var pool = DistinctSets.of(experts, sample);
    var rows = new ArrayList<Row>();
    if (pool.sets().isEmpty()) {
      UnionSizeTable.BATCHES.forEach(
          batch -> rows.add(unavailable(UnionSizeTable.TOKEN, batch, "no token calls an expert")));
      return rows.iterator();
    }
    var sizes = TokenUnions.draw(pool, experts, batches, seed);
    rows.add(row(UnionSizeTable.TOKEN, 1, exactOfOne(), 0, 0.0));
    for (int i = 1; i < sizes.size(); i++) {
      var drawn = sizes.get(i);
      rows.add(
          row(
              UnionSizeTable.TOKEN,
              UnionSizeTable.BATCHES.get(i),
              drawn,
              drawn.total(),
              drawn.standardError()));
    }
    return rows.iterator();
  }

  private UnionSizes exactOfOne() {
    var sizes = new UnionSizes(plan.model().experts());
    for (int size = 1; size <= summary.topK(); size++) {
      sizes.add(size, summary.tokensOfSize(size));
    }
    return sizes;
  }

  /**
   * By the request sampler.
   *
   * @param sizes of the batch sizes that are available
   */
  public Iterator<Row> byRequest(List<UnionSizes> sizes) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < UnionSizeTable.BATCHES.size(); i++) {
      int batch = UnionSizeTable.BATCHES.get(i);
      if (i < sizes.size()) {
        var drawn = sizes.get(i);
        rows.add(row(UnionSizeTable.REQUEST, batch, drawn, drawn.total(), drawn.standardError()));
      } else {
        rows.add(unavailable(UnionSizeTable.REQUEST, batch, tooFewRequests()));
      }
    }
    return rows.iterator();
  }

  private String tooFewRequests() {
    return requests == null
        ? "blocks without request id"
        : "%d requests allow batches of %d at most"
            .formatted(requests, requests / UnionSizeTable.REQUESTS_PER_TOKEN);
  }

  private Row row(String sampler, int batch, UnionSizes sizes, long batches, double error) {
    return CountRows.rowOf(
        key.leaf(),
        layerId(),
        plan.tokens(),
        sampler,
        batch,
        true,
        null,
        requests,
        batches,
        sizes.mean(),
        error,
        sizes.percentile(0.5),
        sizes.percentile(0.95),
        uniformNull(batch),
        independenceNull(batch));
  }

  private Row unavailable(String sampler, int batch, String reason) {
    return CountRows.rowOf(
        key.leaf(),
        layerId(),
        plan.tokens(),
        sampler,
        batch,
        false,
        reason,
        requests,
        0L,
        null,
        null,
        null,
        null,
        uniformNull(batch),
        independenceNull(batch));
  }

  private int layerId() {
    return plan.model().moeLayers().get(key.layer());
  }

  private double uniformNull(int batch) {
    double experts = plan.model().experts();
    return experts * (1 - Math.pow(1 - plan.model().topK() / experts, batch));
  }

  private double independenceNull(int batch) {
    double sum = 0;
    for (int expert = 0; expert < summary.experts(); expert++) {
      sum += 1 - Math.pow(1 - (double) summary.load(expert) / plan.tokens(), batch);
    }
    return sum;
  }
}
